"""What customers write who see that what they bought has become cheaper."""

BOOK = """
I bought the {item} on {day} and now {it} {is} cheaper. Can I have the difference?
The price has dropped since I ordered. Will you refund the difference?
You've (reduced|marked down) the {item} two days after I bought {it}!
Price promise: {name} is £{lower} less today.
I paid {price}, it's now £{now} on your site. Please adjust.
can i get the difference back? {item} went on sale
Ordered last week at full price and today it's in the sale. Not fair.
Seen your offer of today. I've just paid more for the same. Could you match it?
The {item} I received {day} is on offer now. What about me?
price drop on {order}, refund the gap please
I don't want to return it and buy it again just to save a few pounds. Could you give me the sale price?
Is there a price guarantee? I see mine is £{lower} cheaper now.
Had I waited three days, I'd have saved £{lower}. Any chance of getting that credited?
Please apply the new price to my order.
My friend paid £{now} for what I paid {price} for, in the same week, in the same shop!
Your newsletter offers the {item} for less than I just paid.
difference of £{lower} please, as per price promise
I understand that you give back the difference within 14 days. I'd like to make use of that.
Delivered on {delivered}, reduced the next day. Would you kindly refund what I overpaid?
I've paid too much, it's cheaper on your own site now.
Sale started the day after I got my {item}. Typical. Can something be done?
Price adjustment request for {order}.
Would you honour today's lower price?
hey the {item} is 15% off now, i got mine on {day}. can you do the same for me
It's in the spring sale at £{now}. My order was at full price. I'd like the balance.
I feel a bit foolish. The day it came the price fell. Do you do anything about that?
Same {item}, same shop, £{lower} less than a week ago. Please even it out.
I claim the price difference according to your price guarantee.
Since you lowered your price: could I get a partial refund?
Bought before the sale. Sad face. Price match?
My {item} costs less now. Give me back the rest please and I'm happy.
Please reimburse £{lower}, that's the amount by which you have cut the price since.
Am I entitled to the new price? I've only had it for {days} days.
Do I really need to send it back to get the sale price?
The tag says £{now} now, my bill says {price}.
The shop at Kirkby Tarn sells the {item} for less than I paid online this week.
the day after!!! the DAY after i bought it you reduce it
Would it be possible to get the promotional price retrospectively?
I'd rather keep it and get a voucher or something for the price difference.
When I looked again today, {name} was down to £{now}. I'd be glad of an adjustment.
Why have I paid more than people pay today? Please correct.
Retroactive discount please, {order}
I see you're clearing the {item}. I bought one at the old price {days} days ago.
You dropped the price right after my purchase; my bank account would appreciate £{lower} back.
It's now reduced. I hear that you refund the difference if one asks. I'm asking.
Black Friday started early, it seems, but not early enough for me. Difference?
sale price for {order} please, bought {days} days ago
Can you charge me what it costs now rather than what it cost then?
Not complaining about the {item}, only about the price, which has gone down since.
Could I have the money between the old and the new price put back on my card?
I paid {price} on {day}. I could have paid £{now} today. You see my point.
Noticed it's cheaper now - any goodwill?
Price fell. Difference please. {order}
Your website's showing a discount that I didn't get although I bought it in the same fortnight.
My purchase is within the two weeks, so I think I qualify for the lower price.
Will you do a price match with yourselves?
The very same {name} is reduced from today. I only unpacked mine yesterday.
Please credit the reduction on the {item} to my account.
[late] I've had it for a month or so and now it's cheaper, do you refund the difference?
I missed the sale by a hair. Could I be given the lower price all the same?
What I bought is cheaper now. Can you refund me the difference?
You lowered the price just after I bought it. Difference please.
I paid the old price and now it's on offer. Could I get the offer price?
Can I be charged the new lower price for the {item}?
The {item} is reduced on your website now and I paid full price.
Price has come down since I bought, can you match your own offer?
Is there a refund of the price difference if it becomes cheaper?
It's on sale now for less than I paid.
"""
