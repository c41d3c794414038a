"""What customers write who want to know where an order is, or when it will come."""

BOOK = """
Where is {order}?
(Where's|wheres) my {item}?
When (will|is) {order} (be delivered|going to be here|coming)?
Has {order} been (sent|dispatched|shipped) yet?
The tracking has not (changed|moved|budged) since {day}. What is going on?
[late] I ordered (over a week|nine days|a good week) ago and nothing has (come|turned up|arrived).
(Still|I am still) waiting for my {item}. (Any news|Any idea when|What is happening)?
Could you (give|tell) me the delivery date for the {item} please?
Is the {item} on its way? (We leave|I fly|Our train goes) on {nextday} and I can't go without.
what is the status of {order} (pls|please)
any (news|update|word) on my delivery
[late] It said two to three days. Today is day (five|six|seven). Where (is|are) my {item}?
I have not had a dispatch email yet. Did something go wrong with {order}?
Do I need to be at home for the delivery of {order}, and on which day?
Your email says "dispatched" but Northmoor has no idea about it. Which of you has my parcel?
I'd like to plan my {nextday}. Is there a time for the {item}?
(Just checking|Quick one): did my {item} leave the warehouse?
[late] {they} should have been here on {day}. It wasn't. I took the day off work for this!
The link in your mail takes me to an empty page. So I have no idea where the parcel might be.
[packed] My order has been "being packed" for two days now. How long does it take to put a {item} in a box?
[packed] Money's gone from my account, yet no email with a tracking number. Has it been forgotten?
Do you know roughly when the postman will bring {order}? I only ever get to work from home on {nextday}s.
My neighbour ordered after me and has hers already. So what about mine, {order}?
[late] delivery was promised for {day}, nobody came, no card either, tracking is dead
I keep refreshing the tracking page like a fool. In {city} since {day}. Will it move at some point?
It's my dad's 60th at the weekend and the {item} is his present. Tell me it will be there in time.
ETA for {order}?
Sent on {day} according to you. It is not as if {city} was on the moon. When can I expect it?
[late] I'm getting worried about my parcel. It's never taken this long with you before.
can u check where my stuff is
Hi, just wondering about {order} - all quiet since the confirmation. Is it with the courier?
Is Northmoor working on Saturdays? I mean, could the {item} come then, or do I have to wait until Monday?
The text said between 10 and 12. It's four now. Is the driver still coming?
I missed the driver yesterday. Is he going to try again with {order} and when?
tracking number please, never got one. {order}
[late] Is there a problem with the courier in {city}? Neighbours have been complaining too. I am after a {item} from
  you.
Could somebody please find out what has become of the {item} I bought?
I paid extra for fast shipping. What was the point, it isn't here.
Just bought {item} from you, when does that go out?
I was under the impression that orders before two go out the same day. Did mine?
According to the app {order} was in {city} yesterday, today it says the same. Is that normal?
Good evening. I should be grateful for information on the whereabouts of my order, which has yet to reach me.
[late] NOT HERE. AGAIN. Where is it?
Parcel's been out for delivery since {day} morning. It's a van not a caravan.
We're off to the Cairngorms on {nextday}. Will the {item} make it or should I buy another one in town?
Please confirm the expected arrival of the goods ordered under the number below.
Which day are you delivering? Not in the confirmation.
Was anything posted today? I'm the one with the {item}.
I can't find my order in the tracking, it says "label created" and that's it
[strike] I read that the couriers are on strike. What does that mean for {order}?
[strike] Is my parcel stuck because of the strike? I need the {item} by the weekend.
[strike] the radio says no parcels until further notice. so when do i get mine??
[strike] Northmoor are out on strike I hear. Is {order} sitting in {city} or did it get through?
[xmas] Will {order} be here before Christmas?
[xmas] It's a present and has to be under the tree on the 24th. Is the {item} going to be on time?
[xmas] Christmas is getting close and I see no movement on the parcel at all.
[xmas] When do you send the last parcels before the holidays, and is mine one of them?
[xmas] I've promised my boy a {item} from Father Christmas, so - where is the sleigh?
[abroad] How long does customs take? My parcel has been in {city} for days now.
[abroad] I live abroad as you know. Is the parcel past the border by now?
Track {no}
status
The wife wants to know whether she can stop waiting at the window. When does {order} come?
My phone was stolen so I don't get the courier's texts. Where is the parcel and when would it be delivered?
Someone in the chat told me on {day} it would be here "tomorrow". That was a few tomorrows ago.
Is there any chance of having the {item} by {nextday}? It's left your place, that's all I know.
I was on holiday and don't know whether you tried to deliver. What's the position with {order}?
There's a depot in {city} where it seems to live now. Can I go and collect it, or when will it be brought?
Paid for next-day delivery and it didn't come the next day. Where has it got to?
[late] It's late. Nobody tells me anything. When will the parcel be here?
Which courier has {order} and how far along is it?
I want to know the delivery slot for my {item}.
Tracking shows "in transit" since {day}, nothing else. Is it stuck somewhere?
When did you post {order}?
Has my parcel gone out today, and does it come tomorrow?
Expecting the {item} any day now. Can you narrow that down?
[late] My delivery was due on {day} and hasn't shown up yet. Is it delayed?
Could you find out why the parcel has been at the depot in {city} for so long?
Shipment status of {order} please, I can't open the tracking page.
Is the parcel still coming this week? I'm away from {nextday}.
How far is my {item}? I can't wait to try it.
I haven't had any tracking info for {order}.
[late] delayed again? the date in the tracking keeps jumping back
Please give me an estimated date of arrival for what I ordered.
[packed] When are you going to ship my order? It's still shown as not dispatched.
The driver should have come today according to the text, and it's evening now. When does it come?
Was just wondering when my delivery's due.
Still no sign of the {item}. Has it been handed to the courier?
"""
