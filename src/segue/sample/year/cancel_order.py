"""What customers write who do not want an order any more that has not arrived."""

BOOK = """
Please cancel {order}.
I ordered by mistake, cancel it please.
I want to cancel before it is sent.
(Stop|Please stop) {order}, I found it cheaper (somewhere else|elsewhere).
Ordered the same thing twice, please cancel one of them: {order}.
cancel my last order thanks
Can I still call off the order from this morning?
My daughter bought a {item} with my account. Please don't send it.
I no longer need the {item} I ordered an hour ago.
Is it too late to cancel {order}?
Don't send the {item}!! wrong size, I'll order again
I want out of {order}.
Pressed the button twice. One {item} is enough for me.
Our trip (was|has been) called off, so please call off the order too.
Stop. Please. {order}. Wrong country.
Would you kindly annul my order with immediate effect?
If it hasn't left yet, could you take {order} out of the queue? I won't be needing it.
changed my mind, dont ship {order}
Just placed an order and forgot the discount code. Cancel it, I'll do it again properly.
I hereby withdraw my order of today and ask for written confirmation.
It will not get here before we leave, so there's no point. Please cancel.
The wrong {item}, I clicked on the one beside it. Can this be undone?
Hold it! Don't pack {order}.
The bank declined it first, then it went through twice. I only want one of them.
My ex-partner used my account. I don't want this {item}, please make sure it's not dispatched.
You can keep the {item}, I got one at the car boot sale this morning.
scrap {order} pls
How do I cancel? There is no button in my account.
Cancellation of {order}, reason: ordered too much
May I rescind the purchase I made last night? I was half asleep.
It says delivery in five days now, it didn't when I paid. Then I'd rather not have it at all.
I'd like to step back from the order as my wife has already bought it.
Delete my order please
Too dear after all. Please forget about {order}.
Please void the {item}, payment hasn't been taken yet according to my bank.
I am sorry but I have to withdraw the order, I lost my job on {day}.
cancel cancel cancel! {no}!
no longer required. {order}
I just bought a {item} from you, could you not send it, I'd like the other one instead and will order it
Need to stop this one before it goes out, is that possible?
Kindly do not process my order further.
My card was used by my kids for {order}. Please reverse it before anything gets shipped.
Our club has decided against it. Can the order be stopped and the money returned?
As it's still "in progress" I suppose it can be cancelled?
Not dispatched after three days, so I've bought elsewhere. Please cancel mine.
undo my order
The {item} in {order} isn't suitable for what we plan, a friend tells me. Please don't send it off.
Oops. Ordered for delivery to France but I'm in Wales. Cancel please and I'll reorder.
I've had second thoughts about the {item} since last night. Could you stop it?
Wrong voucher, wrong colour, wrong everything. Bin {order} please.
I will not be accepting delivery of this, so it is simpler if you cancel it now.
cn i cancel {order}
Can you intercept the {item} before it leaves? It is not wanted any more.
Please take my order back out of the system, I got the dates mixed up.
I'm not going to be in the country. Best if you cancel the whole thing.
That order was only a test to see the delivery costs. Please don't send.
Order placed in error by our secretary. We ask you to cancel it free of charge.
I'd like to know if the order I made at lunch can be dropped.
My mum has bought me the very same {item} for my birthday!! Is there time to call mine off?
The {item} is out of budget this month, sorry. Please cancel and refund.
Please cancel - I picked Standard instead of Express and it'll be too late.
no thanks, don't want it any more, {order}
I didn't mean to confirm. I was only putting things in the basket!
Would it be possible to terminate {order} prior to dispatch?
I changed my mind, please don't ship it.
Please cancel, I don't want it sent any more.
Don't dispatch {order}, I'd like to cancel.
I want to cancel the {item} that I ordered by accident.
Is there still time to cancel my order before dispatch?
Ordered the wrong thing, cancel please.
My kid ordered this by mistake on my account, please cancel it.
cancel {order} before it ships plz
Cancel my purchase, it hasn't shipped yet.
"""
