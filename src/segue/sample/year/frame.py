"""What stands around the request itself: greetings, contexts, numbers, closings, subjects."""

GREETINGS = (
    "Hi,", "Hi there,", "Hello,", "Good morning,", "Good afternoon,", "Dear team,", "Dear Sir or Madam,", "Hey,",
    "Dear Skarv & Sedge,", "Hiya,", "To whom it may concern,", "Morning!", "Good evening,", "hello", "hi",
    "Hello again,",
    "Dear customer service,", "Evening all,", "Hi folks,", "Hello Dilys,", "Dear all,", "Greetings from {town}!",
)  # fmt: skip

CONTEXTS = """
I've been buying from you for years and never had to write.
I tried to ring but gave up after twenty minutes.
It was my first order with you.
I hope you can help.
Sorry to bother you.
Not sure if I'm writing to the right address.
We're off to {place} next week, so it's a little urgent.
My phone died halfway through the chat, so here it is by email.
I've already looked through your help pages.
My wife does this sort of thing normally, bear with me.
[item] I bought it together with a few things for our walking group.
Your colleague at the counter said I should write to you.
I'm writing on behalf of my mother, who isn't online.
I'm a bit annoyed, to be frank.
The weather has been dreadful here in {town}.
We live at the end of a long track, as your courier knows.
I wrote about this on {day} and have not heard back.
You've always been very good to us.
I'm typing this on a train, please forgive the mistakes.
[item] It was a present for my nephew.
[item] I've got all the emails if you need them.
I know it's a busy time for you.
I'm in no hurry, but I'd like to know.
[item] I paid by card, if that matters.
[item] I paid with PayPal.
[item] It was delivered to our neighbour, who gave it to me on {day}.
[item] There was a note in the box, but it didn't help.
I have had a baby since, so I'm behind with everything.
We did the {place} round last weekend and talked about it the whole way.
I don't want to make a fuss.
This is the second time I'm writing.
[item] I ordered it for a walk in {place}.
The chat window closed on me.
[item] I'm colour-blind, which may have something to do with it.
Your website is otherwise very easy to use.
I couldn't find this anywhere on your pages.
[item] My order confirmation is attached.
[item] My old one lasted fifteen years, by the way.
I'm seventy-eight and not good at this.
The kids are screaming, so I'll be short.
I love the catalogue, especially the photographs of {place}.
We've just come back from holiday.
[item] It's the one thing I still need before {place}.
[item] I must say I expected better.
[item] Kudos for the handwritten note in the parcel, it made me smile.
I might be wrong of course.
I've had a look at your returns page, your delivery page and your contact page.
[item] If you need a photo, I can take one tonight.
Before you ask, yes, I did check the spam folder.
[item] The dispatch email came in the middle of the night.
I'm off work this week, so any time is fine.
I'm not very technical, as you'll notice.
Apologies if this is the wrong form.
I was recommended to you by a friend in {town}.
[item] It's for a friend's retirement.
[item] My daughter chose it, I only pay.
You'll find me in your books as a customer of long standing.
Happy to send a photo.
I've read the small print twice.
I'm writing from my daughter's computer.
I hope you're all well up there.
I'd rather sort this out by email than by phone.
[item] I was so looking forward to it.
[item] It came up at the weekend when we were packing.
The rain hasn't stopped for nine days, so we're indoors anyway.
I'm leaving the country on {nextday}.
Please answer in English, my Welsh is rusty.
No rush.
It's been one of those weeks.
[item] Everybody in our club has one.
Not a complaint, only a question.
I couldn't get through on the chat.
Just to let you know, the form on your page loses what one types.
"""

STORIES = """
We walked from coast to coast last year with gear from you, fourteen days of rain, and nothing let us down. It was
  my sixtieth birthday present to myself. So I was glad to order from you again, and told everybody in the club
  about it.
Let me explain from the beginning, as I have now told it to two of your colleagues. I rang on {day} and was promised
  a call back within the hour. Nobody rang. I rang again the next morning, waited for a quarter of an hour, and was
  cut off. So now I try it in writing.
My daughter starts her gold expedition next weekend and there is a kit list as long as your arm. We have been
  ticking things off for a month. This is the last point on the list, and her teacher checks the rucksacks on the
  Thursday before. You can imagine what the mood is like at home.
I don't usually write this kind of email, and I work in a shop myself, so I know what it's like at your end. I'm
  sure that somebody will sort it out. I would just ask you to read this to the end before sending me a standard
  reply.
We live on a croft at the end of eleven miles of single track, the postman comes three days a week, and the mobile
  works on top of the hill only. So please answer by email, not by telephone, and give me a day or two to see it.
My husband and I share this account, which may be why things look muddled. He orders, I write the emails. He is
  offshore until the end of the month with no signal and so I can't ask him what exactly he clicked on.
First of all, compliments to the lady at your counter, who spent half an hour with my father and his difficult feet
  two weeks ago. He has been talking about it ever since. That is the reason why I ordered online from you
  afterwards, rather than from one of the big ones.
I've been putting off this message for a few days, because there was a wedding, then two children with chickenpox,
  and then the car. Now I am sitting at the kitchen table at midnight with a cup of tea and try to get it done.
I am the secretary of a small walking club, forty members, average age seventy-one, and I do the ordering for those
  who haven't got a computer. Usually it all runs smoothly. This time I have somebody on the phone every evening who
  asks me about it.
Bear with me, this is a long one. I ordered with the tablet, then the tablet broke, then my son got me a new one and
  the emails from before are on the old one. He says they're in a cloud. I have looked at the sky and at the tablet
  and cannot see them. What I do have is my own notebook, where I write down everything I buy, and the postman's
  word.
We did the Cape Wrath Trail in May, or most of it. I came home with eleven ticks and a list of things to do better
  next time, and a good half of the list concerned what I carry. So this was meant to be a fresh start, and I spent
  two evenings on your website comparing things. I say this only so that you understand that I thought about it.
Your catalogue lies on our kitchen table and everybody who comes by turns a few pages. My mother-in-law has marked
  three things with a pencil. She's eighty-four and hasn't been up a hill since the Coronation.
I teach at a primary school and we go out with the children every second Friday, whatever the weather. The parents'
  association gave us a little money this year, which I'm supposed to account for by the end of the month, down to
  the last penny.
"""

ANGRY = (
    "This is not good enough.", "I am losing my patience.", "Frankly a disgrace.", "I'm furious.", "Unbelievable.",
    "I expect an answer TODAY.", "Otherwise I'll tell everyone what I think of you.", "Never again.",
    "I'll be leaving a review.", "How hard can it be?", "Sort it out.", "What a shambles.",
)  # fmt: skip

NUMBERED = (
    "{no}", "Order {no}.", "Order number {no}", "order no. {no}", "#{no}", "It's order {no}.", "Ref {no}", "({no})",
    "My order number is {no}.", "Order: {no}", "The number is {no}, I think.", "Number {no} on the email.",
    "order {no} btw",
)  # fmt: skip
"""How the number is added where the request does not hold it."""

REFERENCES = ("order {no}", "order {no}", "my order {no}", "#{no}", "{no}", "order no. {no}", "order number {no}")
UNNUMBERED = (
    "my order", "my order", "my last order", "the order I placed on {ordered}", "my order from last week",
    "the {item} order",
)  # fmt: skip

CLOSINGS = (
    "Thanks", "Thank you", "Many thanks", "Kind regards", "Best wishes", "Cheers", "Regards", "Thanks in advance", "ta",
    "Thank you for your help.", "Looking forward to your reply", "Yours sincerely", "All the best", "thx", "Best",
    "Thanks a lot!", "Warm regards", "Please let me know.", "I await your reply.", "Have a nice day!",
)  # fmt: skip

SIGNATURES = (
    "{whole}", "{first}", "{first}", "{whole}\n{town}", "{initial}. {last}", "{whole}\nSent from my phone", "{first} x",
    "{whole}\n{mail}", "Mr/Mrs {last}", "{first} & family", "{whole}\n--\nThink of the trees before you print this",
)  # fmt: skip

JOINTS = (
    "Also, {other}", "And one more thing: {other}", "Another question: {other}", "While I'm at it: {other}",
    "PS: {other}",
    "Oh, and {other}", "Secondly, {other}", "By the way, {other}",
)  # fmt: skip

PLACES = "Skye,Norway,the Lakes,Snowdonia,the Cairngorms,the Alps,Iceland,Torridon,the Peaks,the Brecon Beacons,Arran"
SUBJECTS = {
    "order_status": "Where is my order?,delivery,Order {no},Tracking,Parcel,When?,my {item},Delivery question,waiting,",
    "refund": "Return,Refund,returns,Order {no},{item},Sending it back,Return request,Money back,Not keeping it,",
    "change_address": "Address,wrong address,Delivery address,Order {no},New address,address change,Correction,urgent,",
    "cancel_order": "Cancel,Cancellation,Order {no},Please stop,STOP,wrong order,My order this morning,cancel pls,",
    "damaged_item": "Broken,Damaged,Faulty {item},{item},Order {no},Complaint,defective,not happy,Replacement,",
    "repair": "Repair,Workshop,Warranty,zip,Question about a repair,My old jacket,Broken,boots,can you mend it?,",
    "exchange": "Exchange,Size,wrong size,{item},Order {no},too small,Different size please,swap,Return / exchange,",
    "missing_item": "Missing,Incomplete,Order {no},something missing,{item},Wrong item,My parcel,where is the rest?,",
    "lost_parcel": "Not received,Lost parcel,Order {no},delivered?,Parcel,Missing parcel,Delivery,not here,tracking,",
    "gift_card": "Gift card,voucher,Gift voucher,code,balance,gift card problem,Present,",
    "invoice": "Invoice,Receipt,VAT,Order {no},invoice please,bill,Proof of purchase,Paperwork,",
    "membership": "Cairn Club,Membership,club,My membership,credit,points,renewal,",
    "account_access": "Login,password,Can't log in,Account,locked out,sign in problem,Help,",
    "data_request": "GDPR,My data,Data request,Privacy,Request,personal data,Account,",
    "price_adjustment": "Price,Price drop,{item},Order {no},cheaper now,Sale,Price promise,difference,",
    "question": "Question,a question,Quick question,{item},Enquiry,info please,Hello,Help,",
    "": "Enquiry,Hello,Request,Question,Proposal,Hi,Information,,Message from the website,",
}
"""By topic, separated by commas; the last is none."""

TYPOS = {
    "would": "woud", "the": "teh", "received": "recieved", "address": "adress", "definitely": "definately",
    "and": "adn",
    "because": "becuase", "parcel": "parcle", "their": "thier", "refund": "refudn", "order": "oder", "please": "plase",
    "delivery": "delivry", "different": "diffrent", "separate": "seperate", "tomorrow": "tommorow", "until": "untill",
    "which": "wich", "receipt": "reciept", "believe": "beleive", "it's": "its", "don't": "dont", "can't": "cant",
    "I'm": "im", "haven't": "havent", "doesn't": "doesnt", "you're": "your", "too": "to",
}  # fmt: skip

NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "k": "l", "l": "k",
    "m": "n",
    "n": "m", "o": "p", "p": "o", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b", "w": "e", "y": "u",
}  # fmt: skip
"""Keys that lie side by side."""
