"""What customers write whose parcel came without something, or with something else."""

BOOK = """
There (was|is) something missing from my parcel: the {item}.
I ordered {count} things and only {fewer} (were|was) in the box. The {item} {is} missing.
The {item} {was} not in the box.
My parcel came but without the {item}.
where {is} the {item}? everything else came
You sent me the wrong item. I should have got {a_item} and found something else.
{order} is incomplete.
We unpacked {order} and looked twice, there {is} no {item}. The delivery note lists {it}.
Half of my order is missing.
The box was taped over again and the {item} {is} gone. Somebody helped himself.
I paid for {a_item} that I did not get. {order}
Delivery note says {name}, box says no.
Parts are missing: no {part} in the package.
[tents] The tent came without pegs. Not one.
[tents] No poles in the bag! How am I to put up a tent with no poles?
[tents] guy lines and peg bag were not with the tent i received
[cooking] The stove's here but the pump isn't. It should come with one, shouldn't it?
[cooking] there was no hose with the filter
[lights] The head torch came without its strap.
[lights] Says "batteries included". They weren't, nor was the clip.
[packs] My pack has no lid. The picture shows a lid. Where's the lid?
[packs] The rain cover that belongs to the rucksack wasn't in there.
[poles] Only one pole in the box. I've got two arms.
[footwear] two left boots. i mean it, both are left
[footwear] One shoe. Singular. Please send me the other.
[clothing] You packed a men's large instead of what I ordered. It's somebody else's.
[sleeping] No stuff sack with the sleeping bag, though it's in the description.
Wrong product. I ordered the {item} and somebody packed a mug.
Something's been forgotten, {order}, the {item}. Please send {it} on.
I think I've been given someone else's order. There's a name on the note I don't know.
Is the {item} coming in another parcel? {they} {wasnt} with the rest.
Were there two boxes? Only one reached us and the {item} must be in the other.
You forgot my {item} :(
short delivery, {item} missing, please send asap
One item short. I checked under the paper as well.
My order was split, it seems. The first part came on {day}, the {item} never did.
The seal was intact, but I counted {fewer} pieces where {count} should have been.
Everything there but the {item}. Which is the one thing we need on {nextday}.
Hello, my daughter opened the parcel and there was only a bag of paper and an empty box.
the parcel was opened on the way. it weighs nothing. the {item} {is} not inside
What arrived is not what I ordered. I've got a dry bag here that belongs to someone else.
Delivered today in the wrong colour and I do mean a different product altogether.
In the packing list: 3. In my hands: 2. Which leaves 1.
You invoiced {count} items but dispatched {fewer}. Kindly supply the remainder.
I received an empty carton.
I got a different {item} from the one I chose, could you send the right one?
Someone else's fleece, not my {item}. What shall I do with it?
The instructions mention {part}. There was none in mine.
Missing: {item}. Ordered and paid.
Could you check whether the {item} {was} ever put in? We cannot find {it} anywhere.
[xmas] The kids' present wasn't in the parcel, just the rest. Help!
Item not in box. Please advise.
My {item} {is} still to come I suppose? The parcel I got on {day} didn't have {it}.
I was charged for two and got one.
Is it normal that the {part} is sold separately? I thought it was in the set and didn't get it.
Unpacked, counted, cursed. There's one thing less than on the bill.
incomplete parcel!!!
Please resend what your warehouse left out, that's the {item}.
Nice packaging, only it's lacking the {item}.
I've been sent the wrong size of the wrong thing. Not even close to a {item}.
there should be {count} in there right? theres {fewer}
Nothing but air where the {item} should have been.
The {part} was left out of my delivery, could I have it sent separately?
Everything apart from the {item} came safely, thank you. And the rest?
The {item} I paid for wasn't included in the parcel.
You've forgotten to pack the {item}. Can you send it separately?
Something was left out of my order: {item}.
Two of the things I ordered were there, the {item} {was} missing.
I opened the parcel and the {item} {wasnt} inside.
[cooking] The hose and the clip that belong to it were missing from the box.
[tents] Pegs missing, and the guy lines too. Please send them.
You delivered a different product. I ordered {a_item}.
Wrong one in the box, I ordered the {name} and got something else entirely.
The parcel didn't contain everything: {item} missing.
[packs] There's a strap missing that should have been supplied with the pack.
I received someone else's goods instead of my {item}.
Only part of my order came. The {item} {is} not in it.
I'm short of one {item}, the rest was in the box.
Contents don't match the delivery note, the {item} {is} on it but not in the parcel.
Not everything was in the package. Please post the missing {item}.
An item was left out, can you send it after?
could u send the {item} u forgot to put in
The {part} that should come with it was missing.
Your packers missed something, I've only got part of my order.
"""
