"""What customers write whose item came damaged or faulty."""

BOOK = """
My {item} arrived (damaged|broken|in a sorry state).
The {item} {was} broken when I opened the box.
[clothing] The zip of the new {item} was (defective|stuck|broken) out of the packet.
[poles] One of the poles came snapped, please send another.
[sleeping] There is a hole in the {item} I got (yesterday|on {day}).
[lights] {order}: the torch does not switch on, it is brand new.
[cooking] parcel was crushed and the {item} inside is (cracked|dented)
I received a faulty {item} and need a replacement.
[tents] The tent came with a torn flysheet.
[packs] Buckle on the pack was broken on arrival.
Box looked like somebody stood on it. {cap_it} didn't survive.
Out of the box and already in two pieces. Photo attached.
[footwear] The new {item} have a gap between sole and upper, you can look through. They've not been worn.
[footwear] Sole is peeling off on the left one. I've had them for {days} days!
[footwear] one eyelet ripped out the first time i laced them
[clothing] a seam at the armpit is open for about 4 cm, it hasn't been worn once
[clothing] There's a stain on the front that looks like glue. It came like this.
[clothing] thread pulled and a ladder down the back of the new {item}, must be a production fault. can u replace
[tents] Pitched it in the garden and one pole is split at the end. Straight from the packaging.
[tents] Mould spots on the groundsheet, fresh out of the bag. I'd like another one.
[tents] The inner door zip runs off its track. It's new, this shouldn't happen.
[tents] first rain, and there's a puddle inside. seam isn't taped on one side. had it {days} days
[sleeping] The mat goes flat within an hour. It must have a puncture from the factory.
[sleeping] Down everywhere when I took it out of its sack, there is a split along the footbox.
[sleeping] The valve was broken off. Can't inflate it.
[packs] Strap came away from the pack on its first outing round the block.
[packs] The frame sheet pokes through the fabric at the bottom. Brand new. Please swap it for a sound one.
[cooking] The valve of the stove hisses when it is closed. I don't dare to light it.
[cooking] The {item} came with a leg snapped off. I can send pictures if that helps.
[cooking] Enamel chipped all along the rim, my lips don't like it. Delivered {day}.
[cooking] the filter housing is split, water goes everywhere but through it
[lights] The head torch flickers and dies. Three sets of batteries. It's the torch.
[lights] Lens cracked, strap fine. Could I have one that works?
[poles] The locking lever won't hold, the pole slides together as soon as I lean on it. New last week.
[climbing] There's a cut in the sheath of the rope, half a metre from the end. I'm not climbing on that.
[climbing] A bar tack on the leg loop is coming undone. It's new. Needs replacing I should think.
I'm disappointed. The {item} you sent {has} a defect and can't be used.
Please send a new {item}. The one which came is unusable.
What do I do about a {item} that was smashed by your courier?
Unfortunately the goods reached us in a damaged condition. We request a replacement.
faulty on arrival {order}
My {item} stopped working after two days. Surely that is not what you call quality.
Somebody at your place must have packed it with their feet. It's bent.
Opened it in front of the driver: damaged. He shrugged. Now what?
I believe what I've been sent is a second. There are scratches all over it.
it leaks.
doesnt work, just arrived, pls send one that does
Water got into the parcel, everything is soaked and the {item} {is} ruined.
The {item} I unwrapped today {has} clearly been used and broken by someone before me.
The present was opened by the birthday girl and it was broken. You can imagine. I'd like a new one quickly.
Your packing needs work: one layer of paper around a {item}. It came in bits.
Is there a trick to it or is my {item} simply defective? It won't do anything.
Got {order} this morning. One look and I knew it was broken. Would rather have a fresh one than my money.
Material fault in the {item}. See picture. Replacement please.
There's a manufacturing fault and I'd like you to put it right.
The {item} failed on day one.
(Gutted|So sad): waited all week and then it's damaged.
I refuse to pay for rubbish. The {item} {is} torn. Send me a proper one.
Something rattled in the box, and it was a bit of the {item}.
Not to moan but this is the second time one came defective. New one please, and check it first.
[recall] I've read about the recall of the stove. Mine came {days} days ago. Do I get a replacement?
[recall] Is my Kittiwake one of the ones with the bad valve? It's from {order}. I want a safe one.
[recall] Saw the recall notice. I have stopped using the stove, what happens next
[recall] My stove's batch number is on your recall list. Please replace it.
[recall] recall!! kittiwake! do i send it back or bin it, and when's the new one coming
The {item} came damaged, the carton was wet and torn.
Your delivery was damaged in transit and the {item} {is} broken.
[cooking] The stove leaks gas at the valve, brand new. I need a safe one.
[cooking] The {item} doesn't light and makes a hissing noise, it's faulty.
[footwear] The stitching has come undone after one walk, these {item} are faulty.
[clothing] The new {item} came with a hole under the arm. Replace it please.
[tents] The tent pole was broken in the bag. It's a fault.
[sleeping] It was ripped when I unpacked it.
[packs] A seam split the first time I filled the new pack.
[lights] Brand new torch, dead. Replacement please.
Arrived soaked through, the box was falling apart and the {item} {is} stained.
It has a defect: there's a crack on one side.
The {item} broke the first time I used it. That's a fault, isn't it?
There was a tear in it straight out of the box.
{cap_it} came scratched and dented. I'd like a new one.
The item is defective and I want it replaced.
The contents of the parcel were smashed.
Bad quality control: the {item} was broken inside its packaging.
I've just unpacked it and there's a broken part. Please exchange it for a working one.
Faulty {item}, does not work at all, bought last week.
"""
