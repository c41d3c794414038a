"""What customers write who want an order sent to another address."""

BOOK = """
Please change the delivery address of {order} to {address}.
I (entered|typed|put) the wrong house number. It should be {address}.
We (have moved|moved last month|are moving this week), the parcel must go to our new (flat|house|place): {address}.
Can {order} be sent to my office instead? {address}
wrong postcode on my order!! correct one is {address}
I (will|'ll) be away. Please deliver to my sister at {address}.
My old address was still saved. {order} needs to go to {address}
Could you redirect {order} to my parents' house, {address}?
new address for {order}: {address}
I forgot the flat number. The complete address is {address}
Autofill did it again: the order is going to my ex. Please send it to {address}.
Nobody is in at home during the day, so could the {item} go to {address}?
It's a gift, so I want it to go straight to my brother: {address}. I only saw afterwards that there was a second
  address field.
Sorry, silly mistake. Not number 7. {address}
pls send to {address} not the other one
You've got our old house on {order}, we sold that in {lastmonth}. {address} is where we are now.
Where it says "deliver to" I see the address of the holiday let from last summer. We live at {address}.
The street was renamed by the council. Would you kindly put {address} on the parcel?
Change of plan: I'm staying with friends. {address}. Is there still time?
I've updated the address in my account but the order shows the previous one. It has to go to {address}.
Can I still alter where my {item} goes?
The address on my confirmation is wrong. What do I do?
hi need to change address asap
I gave you the billing address instead of the shipping one. Ship to {address} please.
Kindly note that deliveries can only be accepted at our reception: {address}. Please amend the order.
Our postman never finds us. Use the farm shop instead please: {address}
It went to the wrong town in your form, there are two of that name. Right is: {address}
We're at the caravan until Sunday. Could the parcel meet us there? {address}
Different address for the {item} please, {address}. My landlord has my parcels otherwise.
Is it possible to swap the delivery address? To {address}, thanks a million
Just noticed the typo in the street. {address} would be correct.
Please don't send it to the university, term's over. Home is {address}.
I am in hospital for two weeks, my daughter would take it in: {address}
My address lacks the county and the number. In full: {address}.
our building has a new entrance, parcels go to {address} now. thats for {order}
I need {order} to arrive somewhere else.
Can the driver bring it to {address}? I start a new job there on Monday.
Update shipping details. Old: never mind. New: {address}
Could I have it sent to a neighbour? {address}, she is always in.
Please correct: {address}. Everything else about {order} is fine.
Oh no, I've just seen that {order} is going to my mum's old place. She moved to {address}.
the delivery address isnt right
I clicked too fast and now it's going to Gran. Our own address is {address}.
I would be obliged if the goods could be consigned to {address} rather than to my home.
Wrong flat. Should say {address}. Don't want it to end up with them upstairs again!
What happens when we move before you send? From Saturday we're at {address}.
I've moved house!! can you make sure my {item} doesn't go to the old one? its {address} now
Please use this instead for {order}. {address}
Is it too late to have the parcel delivered to my work? {address}
My partner ordered with his address, but I'm the one at home: {address}.
Delivery should have been to the youth hostel, {address}, where we stay from Friday.
You can cross out what I typed, the right one is {address}.
Send my order elsewhere please. I can give you the address when you tell me it's still possible.
the app changed my address to the one from 2019. it must be {address}, can you fix that before it leaves
There's no such street, I know. I mixed up two. {address}
Could somebody adjust the address label for {order} - {address} - before the van comes?
Not living there any more. {address}
The security at my block turns couriers away. Route it to {address} please.
I'd like my tent things to go to the scout hut: {address}. Is that okay?
Delivery address should match my passport country, oh well: please send it to {address} and not abroad.
We share a drive with number 12 and things get lost. Could you put {address} on it?
i put my own name but my flatmates address. mine is {address}
Forwarding the confirmation to you because the street in it is incorrect. {address}
The {item} should be delivered to the campsite reception where we're going: {address}
Before you send it, one correction, my house number has changed, it's {address} since the conversion.
Update the delivery details please: {address}.
Please deliver to this address instead: {address}
Use {address} as the shipping address for {order}.
New shipping address please: {address}
I need the delivery address changed to {address} before you ship.
The parcel should go to {address}, not to my home address.
Wrong delivery address on {order}, it's {address}.
Can you change where my order is delivered? {address}
"""
