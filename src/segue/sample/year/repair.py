"""What customers write whose gear wore out or broke in use and who want it mended."""

BOOK = """
Do you repair zips? The one on my jacket has gone after three years.
My tent pole snapped in the wind last weekend, can you fix it?
The sole of my boots is coming off, bought two years ago.
How do I send my (pack|rucksack|jacket|tent) in for repair?
Seam of my shell jacket is opening. Is that under warranty?
I burned a hole in the tent, could the workshop patch it?
new soles for my boots please, {order} from 2024
the stove stopped lighting after a year of use
slider on my sleeping bag broke in the middle of the night, bag is 2 yrs old, can it be mended
The burner of my Kittiwake (bought 2024) clogs all the time. Can someone clean or fix it?
Our dog chewed a strap of my rucksack. I know that's not covered. What would sewing on a new one cost me?
My old Raven has carried everything for eleven years and now the hip belt is worn through. Can your people do
  something?
How much (for|would it be for) a new zip in a Merlin?
I tore my trousers on barbed wire, do you patch those too, they are another make
Merlin isn't waterproof any more. I've had it three winters. Could you wash and proof it?
A spark from the fire left six little holes in my jacket.
my favourite fleece has a broken zipper, i don't want a new one, i want THIS one
Is there someone at the workshop who can look at a bent pole section? I can come by on {day}.
It's been up Ben Nevis nine times and it's falling apart. I'd rather have it mended than throw it away.
I sent you a jacket for repair {days} days ago, repair number W22172. How is it getting on?
What does it cost to replace a pole of the Dipper 2?
The mat lets air out slowly. It did a good two hundred nights. Repairable?
The lace hook of my Corries broke off halfway up Tryfan after a season. Can it be put back on?
Warranty claim: delaminating tape inside the hood, jacket bought in 2023.
I'd like you to resole a pair of Corrie boots, size 43. How long are you busy with that in spring?
Velcro on the cuffs is worn out. Do you do velcro?
the click thing on the chest strap is lost after three years of travelling, do you sell the part or can i send it
The head torch went into the river. Is there any hope or do I need a new one?
Moths! In my base layers. Do you darn?
Could your seamstress shorten the sleeves of a Siskin fleece?
Bought from you in 2022, the stitching on the shoulder strap has given way under load. Is it covered by the five
  years?
two poles bent by a falling branch, who can straighten them
Where can I send a pair of trekking poles whose tips have worn down?
My filter has slowed to a drip after two seasons and backwashing doesn't help. Can it be serviced?
Who pays the postage if I send a tent for mending?
The zip pull came off in my hand in a hailstorm. It's three years old, but still.
After a wet fortnight in Knoydart there's a rip in the flysheet, about a hand long. Can you mend it before August?
Is my tent still in warranty? One of the poles broke in normal use.
wear and tear i know but could the workshop have a look at my boots
The waist buckle shattered in the frost. What would a new one cost?
I'm looking for spare parts for an old Dipper: two pegs, one pole sleeve.
The toe cap on my approach shoes is separating after fourteen months of scrambling.
Would it be worth repairing a sleeping bag that has lost half its feathers?
I have a warranty question, the lining of my jacket has come loose after two winters.
Do you have a workshop? My stove leaks at the hose. It's from 2021.
I'd rather not buy new. Can someone sew the torn pocket of my shell?
The eyelets of my tarp have pulled out. Not one of yours. Do you still do it?
my rucksack zip keeps bursting open. its four years old
Got my jacket back from your workshop and the zip sticks again. Can I send it once more?
The soles are as smooth as a baby's bottom. Do you resole Otters or only boots?
A hut mouse ate through the side pocket. Mend it please, I'll pay.
Is there a waiting time in the workshop at the moment? Want to have two pole sections replaced.
What do you need from me to repair the hem of a jacket?
I'm told you repair things for life. Here's one for you: a 2009 Raven with no lid.
Can the workshop reproof a tent? The water no longer beads.
Cracked sole after three winters on the fells, I'd like an estimate please.
zip. broken. jacket from 2 years ago. help
The drawcord of my hood slipped inside and my fingers are too thick. Could you do it at the counter?
Stepped on my head torch in the dark. Hinge gone, lamp fine. Do you fix hinges?
The harness of my old pack squeaks and one stay has come through. Under warranty?
Could I bring the tent to you this week to get the tear looked at?
I'd like a repair number for a jacket with a failed main zip. Photos attached.
Have patched it twice with tape, it's time for a professional. Small hole, shell jacket, left elbow.
Is it a guarantee case when a shoulder strap rips after 20 months?
My head torch stopped working after a year. Can it be repaired?
The {item} I bought two years ago is broken, do you repair it?
How much does it cost to have a zip replaced in your workshop?
It's worn out after years of use. Is mending possible?
Can you mend a hole in an old sleeping mat?
Is a broken buckle on a three year old pack covered by warranty?
My boots are two years old and the sole has come off. Can they be resoled?
Do you still have spare parts for an old stove?
I would like to send my old jacket in to be repaired.
Can the workshop repair a rucksack from 2019?
"""
