"""What customers write who want the same thing in another size."""

BOOK = """
Can I exchange the {item} for (a|one) size {newsize}?
I'd like to swap {order} for size {newsize} please.
The {item} {is} too small. Could you send me {newsize} instead?
The {item} {is} too big, I need {newsize}.
[footwear] My toes touch the front going downhill. Please change them for a {newsize}.
[footwear] Ordered 42, turns out I'm a {newsize} in your boots. Can they be exchanged?
[footwear] they slip at the heel so i think a {newsize} is what i need. swap?
[clothing] Shoulders fine, belly not. {newsize} please!
[clothing] The sleeves are too short on me. Could I have the {newsize} in exchange?
[clothing] I could fit in this twice. Do you still have it in {newsize}, and can we swap?
Wrong size, my fault. How do I get a {newsize}?
Would it be possible to change the {item} to {newsize}? I love it otherwise.
Please send the next size up, {newsize}. The other one is in its box ready to go back.
One size down please.
exchange {order} to {newsize} thx
I want to keep the {item}, just in {newsize}.
Do I have to send {it} back first or do you send the {newsize} straight away?
My wife says I bought it for the man I was ten years ago. So, {newsize} please instead.
Need a different size. {newsize}. {order}.
I misread your size table and took the wrong one. Could I have {newsize}?
The {item} I got {is} fine but {doesnt} fit. I don't want the money, I want a {newsize}.
It was a birthday present and he is bigger than we thought. Is a swap for {newsize} possible?
Your fleece comes up small! Have you got {newsize} for me?
The label says one thing, my body another. Exchange for {newsize} please.
I'd like an exchange rather than a refund: {newsize}
In your shop I tried {newsize} and online I clicked something else. Can this be turned round?
bigger one pls {order}
Is {newsize} in stock? Mine's too tight and I'd like to exchange {it}.
Could we swap the {item} for the right size? It should've been {newsize}.
Please could you hold a {newsize} for me while I post this one back to you.
They do fit my sister. She won't give them back. So how do I... no, seriously: can I change to {newsize}?
[packs] The pack is the wrong back length for me. I measured 49 cm, so I need {newsize} and not the one I have.
[packs] Could I swap S/M for M/L or the other way round? Want {newsize}.
I followed the size guide to the letter and still need to go up to {newsize}.
Too tight across the chest, could I have {newsize}
My son has grown since I ordered. Really! Can you change it to {newsize}?
I request an exchange of the delivered {item} for the same article in {newsize}.
Would you swap it although I've taken the labels off? Only tried it at home. {newsize} would be it.
I need half a size more. What's the procedure for swapping?
Size {newsize} instead please, same colour.
Tried them on with thick socks. No. So {newsize} please, how do we do that?
The fit's off. Can I get a replacement in {newsize} - nothing wrong with the one I have.
I'd rather have {newsize}. Order it new or is there an exchange form?
Ordered two sizes to try, keep neither. In between would be {newsize}. Can you exchange one of them?
[late] Can I still change the {item}? It's been in the wardrobe since it came, far too small.
[late] I got it as a present a good while ago and only tried it on now. {newsize} would be right.
Exchange please - {newsize}.
Swapsies? {newsize} for me :)
How long does an exchange take? I need {newsize} before our holiday.
The {item} you sent {is} what I ordered, only I ordered wrong. {newsize} is the one.
Feels like wearing my little brother's. Next one up please.
I could do with {newsize}. Can you post it at once and I return this one with the same driver?
If there's a {newsize} left I'd like that instead of what I've got.
Not sure if it's me or the cut, but I need to go to {newsize}. Can you sort that?
I gave it to my father and he'd need {newsize}. Is swapping a present okay without the receipt?
could you change the size for me, its delivered already
The colour is lovely, the size isn't. Swap for {newsize}?
I'm between sizes and chose the wrong side. May I trade it in for {newsize}?
Return for another size: {newsize}. {order}
Got the wrong fit, could one get the {newsize} without paying postage again?
This needs to go back and a {newsize} needs to come here. What should I write on the note?
They're unworn except on the carpet. I'd like the {newsize}.
Exchange request, item {name}, desired size {newsize}, reason too narrow
too long in the arms too tight in the neck. do you think {newsize} would be better? then pls swap
Size is wrong. Can you exchange {it} for a {newsize}?
Too small on me, I take {newsize}. Can I swap?
Too big, may I change to {newsize}?
I'd like to trade the {item} for a larger size, {newsize}.
Could you swap it for a smaller one? {newsize} should fit.
They don't fit, I need {newsize} instead. How does an exchange work?
Please exchange my {item}, I've ordered the wrong size. Should be {newsize}.
Do you have it in {newsize}? I'd exchange mine.
The fit is too narrow. I want to change to {newsize}.
Can I send the {item} back and get {newsize} in return?
Ordered one size too small. Exchange for {newsize}?
I would like to change size, from this one to {newsize}.
My feet are bigger than I thought, {newsize} please.
It's too tight, please exchange for {newsize}.
It's too loose. Have you a {newsize} for me instead?
The size doesn't fit. I want the same in {newsize}.
"""
