"""What customers ask that an article answers: an agent's answer, and then the ways of asking for it.

A block is an answer and the questions below it. `{return_days}` follows the day, because the period changed.
"""

BOOK = """
= Standard delivery takes 2 to 3 working days in England, Wales and southern Scotland, 3 to 5 to the Highlands,
  islands and Northern Ireland.
How long does delivery usually take?
What are your usual delivery times for standard post?
If I order today, roughly when would I have it? I live in Devon.
delivery time to the isle of skye?
= Standard is £3.95 and free from £60; to the Highlands, islands and Northern Ireland £5.95, free from £90.
What does postage cost?
From what amount on is delivery free?
do you charge extra for northern ireland
= Express costs £7.95 and comes the next working day; there is none to the Highlands, the islands or Northern Ireland.
Do you have next day delivery?
Does express mean that it comes on a Saturday if I order on Friday?
How does express delivery work at weekends?
If I pay for express on a Friday at noon, is it there on Saturday?
I'm in Shetland and need something fast. Is there an express service?
= To Norway and Switzerland it is £19.00 and 6 to 10 working days; the carrier collects the local tax and a fee at
  the door.
What would I have to pay for a parcel to Oslo, all in?
Do you ship to Switzerland, and what about customs?
norway delivery - how much and how long
= To the European Union every parcel costs £14.50, import tax is in the price already.
What do you charge for delivery to the Netherlands, and about how many days should one reckon with?
Since Brexit I'm wary: will I be asked for duty in Germany?
Can I order to Ireland without extra taxes?
= Only to the United Kingdom, the European Union, Norway and Switzerland, sorry.
Do you deliver to Iceland?
I live in Canada, is there any way of ordering?
would you post to an army BFPO address
Do you ship to the USA or Australia?
which countries do you send to
= Gas travels by road only, to the British mainland, with standard delivery.
can you post gas canisters to the Orkneys
Do you send fuel to France together with a stove?
= Northmoor Parcel drives Monday to Friday between 8:00 and 19:00, so not at weekends.
Does your courier deliver at weekends as well?
Until what time in the evening might a parcel come?
= The driver tries again on the next working day, then takes it to the nearest parcel shop, where it waits for 7 days.
What happens if no one is in when you deliver?
how long do they keep a parcel in the parcel shop
= You can name a neighbour, a safe place or a parcel shop with the link in Northmoor's text message.
Can I choose a safe place for my parcels?
Is it possible to have things sent to a pick-up point instead?
= 18 December for standard, 22 December for express; 15 December for the Highlands, islands and Northern Ireland.
[xmas] What is the last day to order for Christmas?
[xmas] If I order a tent for my son's present next week, is that still in time in general?
[xmas] cut off date xmas scotland
= For orders from 15 November to 24 December there is time until 31 January to return, for everybody.
[presents] Until when may Christmas presents be returned?
[presents] Is there a longer return time for gifts bought in December?
= You have {return_days} from the day of delivery to return something.
How long do I have to return something?
How many days is your return period?
What's your returns policy in short?
Suppose I buy boots and they're wrong, by when would I have to send them back?
= The label is free within the United Kingdom; from the EU it is £6.50, taken off the refund, from Norway and
  Switzerland you pay yourself.
Who pays for return postage?
Is sending things back free?
Do I have to pay for the return label myself?
what would a return cost me from france
= You may, at the counter during opening hours; the refund is started while you wait.
May I bring back an online purchase at your counter?
Do you take returns in the shop in Kirkby Tarn?
= Unused, with labels, in the original packaging; a tent may be pitched once, dry and indoors.
Can I return something I've tried on?
Would you take a tent back that has been put up once?
In which condition must returned goods be?
= Ropes, slings, harnesses, helmets, gas, gift cards, engraved or cut things, and opened socks and underwear cannot
  come back.
What can't be returned?
Am I able to return climbing gear if I don't like it?
= By card within 5 working days, PayPal within 1, bank transfer within 3, Pay in 3 within 10.
How long do refunds generally take with PayPal at your shop?
When does money usually show up on a credit card after a return?
refund times?
How many days do refunds take?
= Within the UK only; from abroad please return the item and order again.
I live in France. Do you exchange sizes across the border?
Do exchanges work for customers in Belgium?
= An exchange takes 5 to 8 working days in all, and costs nothing.
How does changing a size work with you and how long does it take?
Is there a fee for exchanges?
= Visa, Mastercard, American Express, PayPal, Apple Pay, Google Pay, bank transfer, gift cards.
Which credit cards do you take?
Do you accept Apple Pay?
can i pay by bank transfer
Is Amex okay?
= Yes, in three equal parts for orders from £90 to £600, without interest, for UK customers of 18 and over.
Can I pay in instalments?
do you do klarna or something like it
I'm thinking about a new tent for £349. Could I split the payment?
= With cards when the parcel leaves us, with PayPal and gift cards at once.
When will my card be charged, on ordering or on dispatch?
= One code for each order, and it cannot be added afterwards.
Could two discount codes be combined?
I forgot to enter my voucher code, can it be added later?
why won't my code work on gift cards
= Students, NHS, emergency services and youth leaders get 10 %, mountain rescue 20 %; the code is under "Discounts"
  at the bottom of any page.
Is there a student discount?
What discounts do you offer for nurses and teachers?
I work for the NHS, do I get anything off?
My daughter's at university. What reductions do you offer?
= 36 months from the day it was bought, and each purchase starts them again.
How long is a gift card valid?
Do your vouchers expire at all?
= Between £10 and £500, by email or printed.
What is the smallest amount for a gift voucher?
Do you do gift cards on paper as well? And what about postage for it?
= Up to three gift cards for one order, the rest by card or PayPal.
Can several gift cards be combined in one purchase?
= With "Gift card balance" at the bottom of any page, or at the counter.
How do people find out what's left on a voucher?
= £18 a year for one person, £27 for a household of up to five.
What does membership cost?
How much is the Cairn Club for a family?
= Free standard delivery in the UK, 60 days for returns, 5 % credit, cheaper tent hire and courses.
What are the benefits of joining your club?
What do Cairn Club members get?
Is it worth becoming a member if I order twice a year?
= From the order on with which you join, not for earlier ones.
If I become a member today, does it count for what I bought yesterday?
= Credit expires 24 months after it was added, oldest first.
Does club credit go stale at some point?
Do Cairn Club points expire in general?
for how long can one use cairn club points
How is the 5 % credit worked out?
= Under "My account", then "Club", then "End membership"; it runs until the end of the paid year.
How can a membership be ended?
= Monday to Saturday 9:00 to 18:00 from April to October; November to March 10:00 to 17:00, Saturday from 9:00;
  Sundays 10:00 to 16:00 from April to October.
When are you open?
What are the opening hours of the shop in winter?
Are you open on Sundays?
opening times on saturday pls
Is the shop open on the bank holiday?
= At Ropeworks Yard, 3 Mill Lane, Kirkby Tarn; six spaces in the yard, free for two hours, and bus 516 stops outside.
Is there somewhere to park near your shop?
How do I get to the shop by bus?
Where exactly are you?
What is the address of your shop?
where is your store located
= 01632 960 174, Monday to Friday 9:00 to 17:00 and Saturday 9:00 to 13:00.
Have you got a phone number?
what times is your hotline open
= £14 a night and £9 for members, with a deposit on a card.
Do you hire out tents, and what is the price per night?
Can one rent a tent for a festival weekend?
= Tents, packs and shell jackets 5 years, sleeping bags, mats and clothing 3, boots, stoves, filters and torches 2.
What's the warranty period for footwear?
How long is the guarantee on your tents?
= £12 for a slider, £38 for a complete zip, £15 for a patch, £55 for new soles, £18 for a pole section.
Have you a price list for repairs?
= About 10 working days, in May and June up to 15.
How long do repairs take in general?
= Please measure in the evening, standing, with walking socks, and add 10 mm for Corrie boots or 7 mm for Otters.
how do i measure my feet for corrie boots, do i add something for the toes
Are Corries true to size or should one go up?
Do your boots come up small or large?
Should I take my usual size in Otters?
= The M is for 95 to 102 cm of chest, the L for 102 to 109 cm.
What chest measurement is your L?
I'm between M and L, which would you choose for the Merlin shell?
size chart for fleeces?
= Measure your back from the bone at the neck to the top of the hips: S/M is 41 to 47 cm, M/L 46 to 53 cm.
How do I know which Raven back length is mine?
which pack size for someone of 1.70 m
= Plover regular and Eider regular go up to 183 cm, long up to 198 cm.
I am 190 cm tall, which sleeping bag would I need?
= The Plover's comfort temperature is 3 °C, the Eider's -4 °C.
Which of your bags is warm enough for October in Scotland?
what's the comfort temp of the plover
= Its R-value is 3.4, good to about -3 °C on the ground.
What is the R-value of the Wren?
= Corrie boots take C1 crampons with straps such as the Harrier; Otter and Stoat shoes take none.
Can I put crampons on Corries?
= At 30 °C with down soap, then low heat with tennis balls in a large dryer.
How should I wash a down bag?
May the Goldcrest go into a washing machine?
= Wash it at 30 °C with liquid soap for membranes, 40 minutes in the dryer at low heat, then proof it if drops still
  soak in.
How do I get my shell to bead again?
which detergent for a merlin jacket
= Wax them about every 50 km with beeswax, no oil, and never dry them at a stove.
How do you look after leather boots?
What wax do you recommend for Corries, and how often?
= Screw-on cartridges with an EN 417 valve.
Which gas fits the Kittiwake?
= No, a wet filter that has frozen is broken even if it looks fine.
My filter spent a night in the frost in the car, may I go on using it?
= After each trip, with half a litre of clean water from the drinking end.
How often does the Teal need cleaning?
my teal has become slow, how do i flush it
= It weighs 2.3 kg with pegs.
How heavy is the Dipper 2?
= With all guy lines used it stands 70 km/h.
How much wind does the Dipper stand?
= 400 lumens for 3 hours, 150 for 9, 20 for 60.
How long does the Curlew last on one charge?
what charger does the head torch need, is usb c ok
= Six digits beginning with a 4, in the subject of every email about the order.
Where do I find my order number?
= Corrie boots are leather, Heron is wool; Otters, Siskin, Merlin and all packs and tents are vegan.
Which of your shoes are vegan?
= Duck down from Poland and Hungary, certified to RDS, without live plucking.
Is the down ethical? Where does it come from?
= No, everything has been made without PFAS since autumn 2024.
Do your jackets contain PFAS?
= Each second Saturday from March to October, £50, for members £35.
When are the map and compass days?
Do you run navigation courses for beginners?
= We match a British shop's price before you order, not afterwards; send us the link.
I've found the same pack for less at a competitor. Do you price match?
= After 4 working days without a scan in the UK, 10 abroad.
Hypothetically, when do you regard a parcel as lost?
= As long as it is in the warehouse; the van comes at 16:30.
Until when can an order generally be changed?
Up to which point is it possible to cancel orders with you, generally speaking?
= No, please place a second order.
Is it possible to add something to an order that I've placed?
= The first scan can take until the next morning.
What does it mean when a tracking number is unknown?
what does 'announced' mean in your tracking
= It concerns batches KT-2509 to KT-2511, sent from 6 October 2025 to 27 February 2026; the number is underneath the
  burner.
[recall] Which Kittiwake batches are affected by the recall?
[recall] Where is the batch number on the stove?
[recall] Is the recall only for stoves from this winter? Mine is from 2024.
= Orders and invoices 6 years, messages 24 months.
How long do you store customers' details?
= With the link at the bottom of each newsletter.
How do I unsubscribe from the newsletter?
= On the first Saturday of April and of October; we take well-kept gear of our own make for club credit, usually a
  third of what it cost.
Do you buy used gear?
When is the next Second Trail sale?
= Yes, write to groups@skarvandsedge.example: 5 % from 5 pieces, 10 % from 10.
Is there a discount if our scout group buys ten packs?
= Empty ones at the counter, yes; never by post.
Where do I get rid of empty gas cartridges?
= UK 9 is EU 43, UK 8 is EU 42, UK 6 is EU 39.
What EU size is a UK 9 in your boots?
im a uk 6 which number do i take
= Add it to your basket and tick "This is a present"; the receipt then shows no prices.
Can you send a present without the bill in it?
Do you do gift wrapping?
= Up to 90 days ahead, at the counter, by phone or online under "Tent hire".
How far ahead should a hire tent be booked?
= Under "My account", then "Details"; it counts from the next order on.
How do I change the phone number in my profile?
Can I change the email address that I use with you?
= No account is needed, a guest follows an order with its number and the postcode.
Do I need an account to buy from you?
is guest checkout possible
= About 30 to 40 hours for Corries, none for Otters and Stoats.
How long do your leather boots take to break in?
= The stove may fly clean, cartridges may not fly at all.
Am I allowed to take the Kittiwake on a plane?
= Every 5 years at the latest when used once a month, at once after a hard fall.
When should a climbing rope be retired?
How long is a harness good for if used twice a year?
= The Fieldfare comes in 55 cm, right for people from 165 to 185 cm.
Which length of ice axe for 1.75 m?
= Raven packs are made in Kirkby Tarn, shells and fleeces in Portugal, boots in Italy, tents in Vietnam.
Where are your products made?
In which country are your jackets and tents manufactured?
Is your gear made in Britain?
are ravens british made
= Yes, pull the tape behind the back pad open and set the yoke one mark up or down.
Can the back length of the Raven be adjusted?
How heavily may I load the Raven 45?
= Only the shop at Kirkby Tarn, and online.
Do you have other branches, in London for example?
= Order online and collect at the counter; it is free, and we keep it for 10 days.
Can I collect an order at your shop myself?
do you offer click and collect, what does it cost
= Socks whose paper band is opened cannot come back, other clothing can be tried on.
I've opened the socks. Would they be returnable?
= Winter skills are on 28 November and 5 December, £160 and for members £135.
Do you teach how to use crampons and ice axe?
= We send the first box as soon as we can and the second one costs nothing.
What if only part of what I want is in stock?
= Leave your address under "Tell me when it is back".
When will the Eider in long be available again?
Can you let me know when something's back in stock?
= The money for a pre-order is taken when it leaves us.
How do pre-orders work, do I pay at once?
= We write on the first Thursday of the month; there is no code for subscribing.
How often do you send your newsletter, and is there a voucher for signing up?
= Dogs are welcome.
May I bring my dog into the shop?
= Yes, zip a Plover and an Eider together if one zip is on the left and the other on the right.
Can two of your sleeping bags be joined?
= A signature is needed above £250, and then no safe place is possible.
Will someone have to sign for the parcel?
= A parcel may not go to a PO box; work is fine with a reception.
Can I have things delivered to work or a PO box?
"""

UNKNOWN = """
Will the Raven 65 come in a lighter version next year?
Does the Dipper 3 fit the porch of my campervan, model 2018?
Is the Siskin the same green as the old Dunlin fleece from 2017?
What altitude was the Kittiwake tested at in the Andes?
Would your boots help with plantar fasciitis?
Which route up Bowfell do you recommend with a toddler?
Do you know whether the Merlin goes with the rescue harness that our team uses?
Who knitted the jumper that your man on the catalogue cover is wearing?
Will there be another sale before the summer holidays?
Could I use the tarp as a sail? Asking for my son.
can i fit a baby seat on the raven
Which insect repellent won't harm the coating of the tent?
Are you planning to open a shop in Bristol?
Does the Gannet harness meet the new Swiss norm for guides?
My grandfather had a rucksack of yours from the sixties. What is it worth?
What is the carbon footprint of a pair of Otters?
Do you have wifi for customers, and dog bowls?
Is there an age from which children may use a Kittiwake at a guided camp?
Are the pegs compatible with Swedish snow anchors?
When will you have the Corrie in purple?
"""
