"""What arrives that the shop does not handle."""

BOOK = """
I have invented a self-heating tent peg and am looking for a company to build it. Would you sign an NDA?
I write for a regional weekly about family businesses. Could I interview the owner some time in {nextmonth}?
Hey!! I have 41k followers and make hiking reels. Would love to collab, send me your media budget
We are four students rowing across the Irish Sea for a hospice. Would you support us with equipment in return for
  your logo on the boat?
My dishwasher still leaks after your technician's visit. When is he coming again?
I'd like to apply for a job in your warehouse. CV attached.
Do you have any openings for weekend staff at the counter? I know a lot about boots.
We run three outdoor shops in the Ardennes and would like to stock your Raven packs. Please send us your dealer terms.
Boost your Google ranking! First page guaranteed or money back. Reply YES for a free audit.
I think I left a green umbrella at your counter on {day}. Did anybody find it?
The young man at the counter last Friday was plain rude to my mother. I want this looked into by management.
I have written three times and only get standard texts. Put me through to a human being.
Can I speak to a person please
asdf
hello
test
Thanks!
?
Which marathon training plan would you recommend to a beginner of 50?
Dear Sir, we are leading manufacturer of zipper and buckle in Ningbo, kindly see our catalogue and best price.
Our school is holding a raffle. Would Skarv & Sedge donate a prize?
You have won a parcel worth 900 EUR, confirm your address under the link below to receive it.
ok
Is that the veterinary practice? Our cat has swallowed a bell.
I'm a solicitor acting for a neighbour of your premises with regard to noise at the loading bay.
Is the yard for let on Sunday evenings? We are looking for a place for our folk choir.
We offer office cleaning in Cumbria from £14 an hour and would love to visit you with an offer.
I'd be happy to translate your website into Italian. Rates on request.
My broadband has been down since {day}, engineer was meant to come between 8 and 1
I'm doing a PhD on consumer trust and would like 20 minutes of your time for a survey.
Would your founder come to our careers day in {nextmonth} and talk about making things?
Seeking sponsorship for an expedition to the north side of K2. Presentation attached.
hi is this the number for Kirkby Tarn taxi
👍
I want to report that one of your vans was parked on the cycle lane again.
We're a logistics start-up and can cut your delivery costs by 30 %. Do you have time for a call on {nextday}?
Can I do my work experience with you? I'm in year 10 and like climbing.
Hello dear friend I am Mrs. Adaku, widow of a late oil director, and I seek your help in transferring a sum.
I found your delivery driver's phone in our hedge. Whose is it?
Your bank details have changed? We got an invoice from you for roof tiles.
Could you hang a poster for our village fell race in the window?
lorem ipsum dolor
We'd like to film a scene of a TV drama in your yard. Who can give us permission?
do you sell kayaks or know who does
I bought a kettle in a shop called Skarv in Bergen and it leaks. Please repair.
Please take my flat off the market, as agreed with your colleague.
Unable to deliver your message to the following recipients: mailbox full.
I am out of office until {nextday} with no access to mail.
Would you like to place an ad in our parish magazine? Half a page is £40.
Your boiler service is due. Reply to book an appointment.
I'm writing a novel with a mountain shop in it. May I use your name?
Complaint: the music at your summer fair could be heard as far as the lake.
Why does my train season ticket not scan at the barrier?
Interested in selling your business? We've buyers for outdoor brands.
I'd like to speak to whoever is in charge of purchasing.
Press request: comment on the price of duck down by {nextday} noon, please.
As chair of the parish council I'd like to discuss the right of way behind your warehouse.
Are you hiring seamstresses? My aunt has thirty years of experience.
Get 5,000 real followers today, no password needed
mum can you ring me back its urgent
My neighbour's dog has eaten the lamb from your barbecue stall, who pays for this?
The library book is overdue, I know. Can I extend it online?
Your web site has a vulnerability. Pay a bounty of 0.2 BTC and I'll tell you which.
I would like to complain about your chief executive's remarks on the radio.
Podcast invitation: 45 minutes on slow fashion, our listeners would love you.
please remove me from the jury list, i have moved to wales
My wedding is on {nextday} and the florist you recommended hasn't shown up.
I am looking for my cousin who I believe worked for you in the nineties.
We would like to become a dealer of your brand in Austria. Who is the right contact?
Automatic reply: I am away from my desk and will answer when I return.
I am looking for an old friend who used to work in your shop.
Looking for a job as a sewing machinist. Are you hiring?
Would you like to sponsor our village football team?
I represent an investment fund and would like to discuss a transfer of funds to your account.
We can improve your website and get you more customers.
I'm a journalist and have some questions to your press office.
Could you donate something for our charity auction?
Do you offer internships or apprenticeships?
I want to talk to your manager.
Let me talk to a human
My parking ticket was issued outside of your yard, who do I pay?
Congratulations, you have been selected for a business award!
hello is anybody there
gfdgfd
We sell packaging material at low prices, interested?
I found a purse in the street in front of your shop.
My washing machine has arrived damaged, please send a technician.
Can you forward this to your marketing department? It's about a brand partnership.
"""
