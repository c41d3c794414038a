"""What customers write who want to send an order back and have the money for it."""

BOOK = """
I (want|would like|'d like) my money back for {order}.
Please refund me for the {item}.
I'd like to (return|send back) the {item} (and get a refund|for a refund).
[footwear] The {item} don't suit me. How do I send them back for my money?
Return request: {name}, unworn, labels still on.
I changed my mind about the {item}. Can {it} go back?
[clothing] {cap_it} is too big on me, I don't need another size, just (refund it|give me the money back) please.
We're not going (camping|walking|to Norway) after all, so the {item} can go back.
Refund to my card please. {order}
not what i expected, want to send {it} back
Could you start a return for the {item} I (bought|got) (last week|the other day|recently)?
[footwear] I've walked up and down the stairs in them for three evenings and they pinch. I'll look for something
  else, so I'd like the money.
My husband had the same idea, so now we own two of them. Could one go back?
[tents] Once up in the living room it turned out far too big for the two of us. Please take it back.
The colour on the screen was green. What I have here is mustard. I won't keep it, sorry.
Honestly? Not worth what I paid. I'll be sending the {item} back.
How do I get a label to return the {item}? Never been used.
(Can|May) I get a refund on {order} if nothing has been (opened|used)?
I'd rather have the {price} in my account than the {item} in the cupboard.
bought by mistake, didnt look properly. want 2 return {it} n get money bk
I put the parcel back in the post on {day}. When do you pay the money?
Doctor says no mountains for me this year. It's all still packed, so I'm hoping you would take it back.
I'd be grateful if you could reimburse me for the above purchase, which I am returning within the period stated in
  your terms.
The {item} doesn't do what I need. What are the steps to give {it} back?
[sleeping] I'm six foot three and it ends at my shoulders. I'm giving it up, please just refund.
[packs] The pack's hip belt sits on my ribs whatever I do. I don't think another one would help, so: return.
[clothing] It itches. I can't wear it. Money back please.
[cooking] Turns out the kids gave me the same one. Mine's unopened, can I be paid back?
[lights] Too bright, too heavy, too many modes. I'd like to hand it in and get back what I paid.
[poles] got a pair of poles from my brother in law the day after. so these go back, ok?
[climbing] The rope is longer than I need. Never uncoiled. I want it refunded.
[climbing] harness doesnt fit, would like a refund
Sadly {it} {is} going back to you. Please arrange for the {price} to be repaid.
I do not wish to keep the item. Under your return policy I am entitled to a full refund, aren't I?
This was an impulse buy after two glasses of wine. Would you please take {it} back?
I've had a look at {it}, tried {it}, thought about {it}. It's a no. What now?
Withdrawal from the contract: I hereby withdraw from the purchase of {name} received on {delivered}.
Hey, sending the {item} back, cheers, refund to the same card?
My son was supposed to use {it} for his Duke of Edinburgh. He's dropped out. Any chance of a refund?
[late] I know it's been a while since it arrived but it's untouched. Could you still refund it?
[late] Only got round to trying {it} on now and {it} won't do. I want to return {it}.
[late] It was a present and I've been ill. Is there any way of still getting the money for it?
[late] bought in the spring, not used once. i'd like to return it and get my money
[old] The shop down the road gives 30 days, and you are telling me it's only 14? I want to return the {item}.
Return + refund pls, {order}, reason: none
I saw the same {item} for a lot less. I shall be returning yours.
I had to buy {it} elsewhere as yours came after the trip had begun. So I'll return yours for a refund.
{cap_it} {is} smaller than in the pictures. I'd prefer to be refunded.
Nothing wrong with the {item}, it's me. I need the money more. Return please!
would it be possible to reverse this purchase, goods are here but we don't need them
Please tell me where to send the {item} back to and how soon I see my {price} again.
[presents] I was given two of the same for Christmas. My aunt bought one from you, {order}. Can it be refunded?
[presents] Wrong present, I'm afraid. He's got one. Back it goes. How do I get the money?
[presents] Santa got it wrong. I'd like to send the {item} back for a refund.
I'll say it plainly, I feel the description was misleading. I'm sending it back and expect the whole sum, postage
  included.
I asked you for a return label on {day} and heard nothing. I'd like my refund now.
[footwear] Heel slips. Tried thick socks, tried thin socks. Please take the {item} back.
[clothing] the sleeves end at my knees haha. keeping nothing, pls refund
The {item} {is} still in the box, receipt here, can I bring it to the counter for my money?
When does the refund for {order} start, once you've got the parcel or earlier?
I sent everything back unopened as your colleague on the phone suggested. Please credit my card.
Returning. Not good enough.
We decided against the {item}. Please let us know how to proceed for a full reimbursement.
[tents] Weather says no. Trip's off. Would love to get rid of the tent and have the cash instead
I am not able to use what I ordered and would like to give it back. Is the postage on you?
want to give the {item} back, whats the procedure
I don't need it any more, can I return it and be paid back?
Somebody gave me the same {item}. Mine's still sealed, so I want to return it.
Can I bring it back for a refund? It's unopened.
Please take the {item} back and pay back what I paid.
I'm not happy with the {item} and want to return it for a refund.
How do I get a refund for {order}?
I'd like to return the whole order, nothing's been used.
Not for me, sorry. Return label please and a refund.
I'm returning the {item} because it isn't what I need. Refund to the card I paid with.
I no longer want it now that it's here. Refund please.
Can you refund the purchase price if I send back the {item} unused?
[clothing] {cap_it} isn't my style. Returning for a refund.
I'd like the purchase price back, the {item} goes back in the post tomorrow.
Refund request, item unused and in its packaging.
May I return this? I don't like it and I'd like to be paid back.
I bought two to choose from and would like to return one for a refund.
when do i get my money? i've sent the {item} back
The {item} isn't as described so I'm returning it, please refund.
i want to give it back n get refunded
Wrong choice on my part. Return and refund please.
"""
