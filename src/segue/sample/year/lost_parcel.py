"""What customers write whose parcel is lost, or was delivered to nobody they know."""

BOOK = """
The tracking says delivered but (there is|there's) no parcel.
My parcel is (lost|missing). Please (find it|open a search).
It says it was handed over on {day}. Not to me.
I've asked all the neighbours, nobody has my parcel.
Your courier claims to have delivered {order}. He hasn't.
Marked as delivered, nothing here, camera shows no one came.
Signed for by "M". There is no M in this house.
No scan since {delivered_ago}. The parcel must be lost.
I think somebody stole the parcel from my doorstep.
Where did you leave it? The photo in the tracking shows a door that isn't mine.
delivered my foot! nothing came
Northmoor tells me to contact you as the sender. The parcel has vanished.
I'd like you to start an investigation with the carrier about {order}.
According to the courier it's in a safe place. We don't have a safe place.
"Left with neighbour." Which one? I've rung every bell in the street.
Left in porch. We live on the fourth floor.
It's been three weeks, the parcel is gone, let's be honest. What happens now?
parcel lost in the post i think, {order}
Could you trace {order}? It never reached me although it's down as delivered.
The driver threw it over a fence, apparently, only not over ours.
My package disappeared between {city} and here.
The tracking ended in {city} two weeks ago. Since then, silence. It won't come any more, will it?
Delivered on {day} at 13:07, says the app. At 13:07 I stood at the door. Nobody.
Please file a claim for a parcel that went astray.
I waited a working day as you recommend and it still hasn't appeared. It's shown as delivered.
Not received. Tracking shows otherwise.
Can you find out who took in my parcel?
The parcel shop has no parcel for me, and the app insists that it's there.
Went to pick it up at the parcel shop: returned or lost, they don't know. Look into it please.
I fear it has been stolen, it was left in the open on the pavement I'm told.
A stranger signed. Could I have the GPS position of the delivery?
Someone else got my {item}. It was delivered to a wrong house.
Wrong street! The delivery photo is of Church Lane, I live in Church Road. Get it back please.
The status jumped to delivered while I was sitting in the hall. Where has it gone?
my stuff never arrived, they say it did, what do i do
Nine working days without a single scan. I consider it lost and ask for a new one.
We've looked behind the bins, in the shed, at numbers 5 and 9. No parcel.
I've been patient. It's vanished. Please launch that search of yours.
I've had an email thanking me for receiving my parcel. I didn't receive one.
The courier lost it, I bet. Depot {city} says it never got there.
They can't tell me where my parcel is, nor can you. When do you call it lost?
Delivered? To whom? Not me!
It might be with the old tenants, or it might be nowhere. Tracking says done, letterbox says no.
The {item} was supposedly dropped off. We were home all day, with a dog that barks at everybody.
proof of delivery please, because i have not got it
No parcel, no card, no neighbour. And the page says "delivered, have a nice day".
There's a signature that isn't mine under the delivery.
I believe {order} has been lost in transit and would ask you to open an inquiry.
Porch pirates got me I think. Delivered {day}, gone when I came home.
Tell your carrier to bring back what he left at somebody else's.
They say it's been returned to sender. I never refused it! Has it come back to you?
The parcel was delivered to reception but reception knows nothing of it.
lost!!!
Nobody at Northmoor picks up. The parcel hasn't been seen in 10 days. Do something.
[xmas] Delivered on Christmas Eve, they say. We were in, it wasn't.
What is the next step when a parcel's recorded as delivered but hasn't been?
I'd appreciate it if you chased Northmoor, the consignment is nowhere to be found.
Did it fall off the van? No movement for ages and {city} doesn't have it.
The driver's note: "handed to resident". The only resident's me.
Missing parcel, {order}, please locate
I've got someone else's parcel and someone's presumably got mine. Labels swapped?
My order shows as completed. I have got nothing in my hands.
Gone. Three depots, no trace. Please look for it.
Where's the parcel that your driver "posted through the letterbox"? A {item} doesn't fit through a letterbox.
The parcel never arrived although it was supposedly delivered.
I never got my parcel. The courier says it's been delivered.
Lost in the post, I'm afraid. Can you trace it with Northmoor?
My delivery has gone missing. It's shown as delivered since {day}.
It says "delivered to neighbour", but none of them has it.
Please open an inquiry with the courier, my parcel went missing somewhere near {city}.
The courier has lost my parcel and tells me to ask the shop.
No parcel anywhere although the website claims it was delivered at noon.
Tracking hasn't been updated for two weeks, it must have got lost.
I've got a delivery photo of a stranger's hallway. Where's my parcel?
Delivered, it says. To the wrong address I think, as I haven't got it.
I think my {item} went missing in transit. Could you have it searched for?
It was left outside and now it's gone, someone must have taken it.
Parcel declared delivered, never received. Please claim with the carrier.
I didn't receive it but someone signed for it.
The delivery never reached me. Courier insists it did.
Says it was left in a safe place. I looked everywhere, it's not there.
my parcel went missing, tracking says delivered 3 days ago
The depot in {city} can't find my parcel. It's lost, isn't it?
Delivered to the wrong house and now nobody knows where the parcel is.
"""
