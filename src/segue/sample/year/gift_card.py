"""What customers write about a gift card that they hold."""

BOOK = """
How much is left on my gift card {code}?
My gift card {code} doesn't work at the checkout.
Is {code} still valid?
I want to use a voucher and it says "invalid code". {code}
gift card balance {code} please
I've found a gift card in a drawer: {code}. Is there anything on it?
When does my card {code} run out?
The checkout refuses my gift card. It was £50 and has never been used. {code}
I was given {code} for my birthday, what is it worth?
code {code} not accepted, why
Tried to pay with {code} - error. Tried again - error.
Can you check a voucher for me? {code}
I spent part of my gift card in {lastmonth}, how much remains? {code}
Bought something with {code} and returned it, is the money back on the card?
Grandma's voucher has expired, the page says. She bought it in 2023. {code}
is my present card still any good {code}
I scratched too hard and cannot read the rest of the code, it starts {code_start}. Can you help?
Could you please tell me the remaining value of the attached gift certificate, {code}?
My son-in-law gave me this, {code}, and I'd like to know what it buys me.
Balance?? {code}
I typed the sixteen characters three times. Nothing. {code}
The voucher was blocked. Why? {code}
Please unblock my gift card {code}.
Somebody has spent my gift card! It should hold £100. {code}
I paid with a gift card and only half was taken off. Is there still something on {code}?
Does {code} still have money on it or can I throw it away?
I've lost track of what we have used of our wedding voucher, {code}.
The gift card page says zero. That can't be right, it's a new one. {code}
Can I use {code} in your shop in Kirkby Tarn next week, or is it empty?
Gift card not working!!! {code}
This Christmas present of mine, {code}, what's on it and until when?
Need to know if a gift card is active before I wrap it. {code}
Which date does voucher {code} expire on?
I have two cards and don't know which one is used up. One is {code}.
Hi, voucher {code}, value please
my card got declined at checkout - the gift one, {code}, not the visa
Would you extend a card that expired last month? {code}
The recipient says the code I bought her is rejected. {code}
Is it O or 0 in my code? {code} doesn't go through.
I've a voucher from a raffle, {code}. Genuine?
Your site doesn't show me the balance, only a spinning wheel. {code}
I put {code} in and it took all of it though the basket was less.
check {code}
Redeemed {code} for a mug once. There should be some left.
A friend passed {code} on to me. Can I spend it although her name is on it?
How many pounds are there on my card?
My gift card says used. I never used it.
The balance of my gift card has changed and I didn't buy anything.
Voucher number {code}. I'd like to know validity and amount, thank you.
I got a gift card by email ages ago. Has it lapsed? {code}
Why was my gift card deactivated?
The gift voucher I'm holding won't scan at your counter, they sent me to you. {code}
what's it got left {code}
I'd like to give away the rest of my card. How much is that? {code}
Got a replacement card from you after a return. Is {code} loaded already?
There ought to be twenty-something pounds left. Am I right? {code}
My voucher seems to be dead. {code}
I'm at the till page now and the gift code field goes red, {code}, quick help please
Can you see whether {code} was ever activated? I bought it at the counter.
This card - {code} - was my leaving present. Please look up what my colleagues were ready to part with.
The person I bought a gift card for says the code isn't accepted. {code}
Gift card code rejected at the checkout: {code}
What's the remaining balance on voucher {code}?
Until when can I use gift card {code}?
My gift voucher {code} has expired I think, is that right?
Please check gift card {code} for me.
"""
