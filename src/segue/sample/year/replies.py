"""How the people of the shop answer: sentences by what happened, and the voices of five agents."""

VOICES = {
    "Dilys": (("Hello {first},", "Hello {first},", "Dear {first},"), "Dilys, Skarv & Sedge", ("", "",
    "I hope that helps.")),
    "Marit": (("Hi {first},", "Hi {first},", "Hi {first}!"), "Marit, Skarv & Sedge", ("", "",
    "Shout if there is more.")),
    "Jonas": (("Hi {first},", "Hello {first},", ""), "Jonas, Skarv & Sedge", ("", "", "")),
    "Ruth": (
        ("Dear {title},", "Dear {first},", "Good day {first},"), "Kind regards\nRuth Penhale\nSkarv & Sedge",
        ("Please do not hesitate to write again.", "Thank you for your patience.", ""),
    ),
    "Tomasz": (("{first}, hi,", "Hey {first},", "Morning {first},"), "Tomasz", ("Cheers!", "", "See you on the hill.")),
}  # fmt: skip
"""Greetings, a signature and last sentences of each."""

LINES = """
ask_order | Which order is it about? Its number has six digits and begins with a 4. | Could you give me the order
  number? Six digits, in the subject of our emails. | I'd gladly look; what is the number of the order, please?
ask_again | I can't find {wrong}, are you sure of the number? | {wrong} does not seem to be one of ours. Could you
  look again, please? | That number has a digit too few or is not yours; it begins with a 4 and has six digits.
ask_address | What is the complete new address, with the postcode? | Gladly, where to? Please send house number,
  street, town and postcode.
ask_item | Which of these is it: {contents}? | I'm sorry. Which one do you mean, {contents}?
ask_size | Which size would you like instead? | To which size shall we change it?
ask_code | What is the code of the card? It looks like GC-XXXX-XXXX. | Could you send me the code on the card?
not_yours | We find this order under another account; for your safety I can only tell its owner more. A colleague is
  in touch. | That order belongs to somebody else, so I have passed it to a colleague who will check.
prove | For your safety, please write from the address of the order or sign in first; I have passed this on to a
  colleague. | I cannot see that this is your account, so a colleague will check who placed the order and come back
  to you.
shipped | It is {status}, last scanned at {place}, and should be with you {expected}. | The parcel is {status}
  ({place}). Expected: {expected}. | {expected_cap}, says Northmoor Parcel; it is {status} at the moment, {place}. |
  I have looked: {status}, {place}, due {expected}.
strike | The drivers of Northmoor Parcel are on strike until Friday, so nothing moves. It was last seen at {place};
  we hope for the days after {expected}. Sorry! | Because of the strike it stands at {place}. As soon as they drive
  again it goes on to you.
overdue | I am sorry for the wait. It was last scanned at {place} and should have come {expected}; I have asked the
  depot. | That is late, sorry. Last scan: {place}. I have asked Northmoor to hurry.
packed | It is still in our warehouse and leaves today or on the next working day; the tracking number comes by
  email. | Not sent yet: it is {state}. You get an email as soon as it leaves.
arrived | According to the carrier it was delivered on {delivered}, left at {place}. Please look there and ask next
  door. | It was handed in on {delivered}; look at {place}, please.
gone | This order was {state} already, so nothing more will come.
refunded | We have refunded £{amount}, the way you paid; please hand the parcel in within 14 days. | Done: £{amount}
  go back to you within 5 working days. The label is in your inbox. | £{amount} refunded. The label comes by email.
  | I have started the refund of £{amount}. With a card it takes up to 5 working days.
approved | The refund of £{amount} needed a colleague's look and is approved; it is with you within 5 working days.
  | £{amount} is above what I may do alone, but it has been approved. The label is on its way to you.
refund_late | I am sorry, it was delivered on {delivered}, {age} days ago, and the {days} days are over. | The
  {days} days for returning are over, it has been {age}. We can only offer our Second Trail sale. | That is {age}
  days now and we take things back for {days}, so I'm afraid I can't refund it.
refund_never | I am sorry, for safety reasons we cannot take this back, not even unused. | Ropes, harnesses and gas
  cannot come back, I'm sorry.
refund_not_here | It has not been delivered yet, so there is nothing to return so far. You can refuse it at the door.
refund_several | As there are several items in this order, a colleague looks at what comes back and writes to you. |
  Please tell us which items come back; I have passed it on to the returns desk, who work out the amount.
changed | It goes to {address} now. | Done, the address is {address}. Please check it once more. | Changed to
  {address}.
change_late | I am sorry, the parcel has left us. Please use the link in Northmoor's text message to redirect it. |
  It is {state} already, we can't change it any more; Northmoor's text message lets you choose a neighbour or a
  parcel shop.
cancelled | It is cancelled and £{amount} go back to you. | Stopped in time. You get £{amount} back. | Done,
  cancelled: £{amount}.
cancel_late | I am sorry, it is {state} already. Please refuse it at the door or send it back. | Too late, it has
  left us; you can return it free of charge.
replaced | I am sorry. Your new {product} will leave tomorrow by express. | Sorry about that! The replacement is
  booked and comes by express. | That should not happen. We send the {product} again, at no charge.
replaced_approved | I'm sorry. A colleague has approved the replacement; your {product} will leave us tomorrow. |
  The replacement was approved; your new {product} will be on the next van.
damaged_late | It was delivered on {delivered}, more than 14 days ago, so this is one for the warranty: please write
  to workshop@skarvandsedge.example with two photos. | After 14 days the workshop decides, under the warranty:
  workshop@skarvandsedge.example.
damaged_not_here | It has not arrived by our records, so a colleague looks into it.
recall | Thank you for writing. Please don't use it any more. A new stove leaves us within 2 working days, by
  express; do not post the old one. | It is one of the batches. The new stove is booked; bend the legs of the old
  one and take it to a recycling centre.
recall_safe | Stoves sent before 6 October 2025 or after 27 February 2026 are safe; yours can be used.
missing_sent | I am sorry that it was forgotten. The {product} will leave tomorrow by express. | It goes out again
  at our cost: {product}. Sorry! | We have booked the {product} for you again.
missing_person | I have asked the warehouse to weigh and look, a colleague comes back to you. | That needs a look by
  a colleague in the warehouse, who will write to you.
person | A colleague takes this up with you and writes today. | I have passed this to a colleague, as we sent
  one already.
missing_way | Your order is still {state}; the other box is on its way.
search | We have opened a search with Northmoor Parcel and you hear from us by {until}. | A search is open since
  today; an answer comes by {until}. | I've asked the carrier to search. By {until} we know more.
search_early | It is not lost: {status}, {place}, due {expected}. It counts as lost after 4 working days without a
  scan. | The last scan is recent ({place}), please give it until {expected}.
search_today | It was handed in only today. Please look at {place} and ask next door, and write again tomorrow.
search_old | That is more than a month ago; a colleague has to decide and writes to you.
exchanged | We hold the {product} in {size} for you. The label comes by email. | {size_cap} is put aside for you;
  please send the first one back with the label. | Of course: {size} it is, it leaves on the day yours reaches us.
no_stock | Sorry, {size} is sold out. In stock are: {sizes}. | We don't have {size} at the moment, only {sizes}.
exchange_late | It came {age} days ago, and the {days} days are over. | I am sorry, exchanges are possible for
  {days} days and it has been {age}.
exchange_abroad | We exchange within the United Kingdom only; please send it back and order the other size.
exchange_never | For safety this cannot be exchanged, I am sorry.
exchange_person | A colleague takes this up with you, as it isn't a plain swap.
exchange_not_here | It has not arrived yet; once it has, we exchange it.
card_active | The card is valid until {until} and there is money on it; how much you see under "Gift card balance"
  at the bottom of any page. | It works and runs until {until}. For safety we don't tell balances by email, see
  "Gift card balance" on our pages.
card_used | Nothing is left on this card; "Gift card balance" shows what it was spent on. | It is used up, I'm afraid.
card_expired | It was valid until {until}, and what was on it is gone. I am sorry. | I'm sorry, it expired on {until}.
card_blocked | The card is blocked. A colleague has to look who bought it, allow one working day. | Blocked, so I
  have handed it to a colleague.
card_unknown | I can't find this code, a colleague will look into it.
invoiced | We have sent invoice {number} to {mail}. | The PDF is on its way to {mail}. | Invoice {number} is in your
  inbox now.
invoice_early | It comes with the dispatch email, once the parcel leaves us.
invoice_none | The order was cancelled, so there is no invoice.
member | {number}, {status} until {until}; club credit £{credit}. | Your membership {number} runs until {until},
  with £{credit} of credit. | You have been a member since {since}; last day {until}, credit £{credit}.
no_member | I find no membership under your account. Did you join with another address? | There is no membership
  under this email address.
extended | Renewed until {until}, £{amount} taken. | Done: another year, until {until}. | Welcome back for another
  year, it runs until {until}.
renews_itself | It renews itself after {until}, nothing to do.
too_early | It runs until {until}; please write in the last 60 days before that. | That ended more than 60 days ago
  or runs for long yet ({until}), so I can't renew it; you can join again at the checkout.
reset | A link for a new password is on its way to {mail}. | I've sent you the link; please look in the spam folder
  too. | Please use the link that I have just sent to {mail}.
reset_person | A colleague has to check who you are first and will write to you.
exported | We put your data together; the link comes by {until}. | You get the link to {mail} by {until}. | Your
  copy is ordered, reference {number}.
erasure | A colleague does this by hand within a month, and writes to you once more before. | I have passed it on.
  It can't be undone, so you will be asked once more.
adjusted | You get the difference of £{amount} back. | £{amount} are on their way back to you. | Done, £{amount}:
  today's price for you too.
adjust_late | It was delivered {age} days ago and the price promise holds for 14 days, sorry. | I am sorry, that
  works within 14 days of delivery only.
adjust_none | Today it costs £{current}, and you paid £{paid}, so there is no difference. | I see no lower price
  than yours today.
adjust_not_here | Please write again when it has arrived; we compare the prices then.
repair_price | Please write to workshop@skarvandsedge.example with the order number and two photos; you get a price
  first. | Yes, the workshop does that: workshop@skarvandsedge.example, with two photos. A zip slider is £12, a
  complete zip £38, a patch £15. | Send two photos to workshop@skarvandsedge.example. Under warranty it's free, else
  you get a price.
repair_wait | The workshop takes about 10 working days, in May and June up to 15. Send two photos to
  workshop@skarvandsedge.example, please.
nothing | Thank you; I have passed this on. | I've handed your message to a colleague. | This isn't one for us, I'm
  afraid; a colleague has it. | Thank you for writing, somebody will look at it.
unknown | I don't know and have asked a colleague. | I would have to ask our product people; a colleague comes back
  to you. | Nothing in our papers about that. I've passed it on.
follow_up | It will take another day, sorry. | Thanks for asking; it's all under way. | You're right, sorry. I've
  looked again and it is done now.
thanks | Thank you! | Great, thanks for the quick answer. | Cheers | Perfect, thank you. | ok thanks | Brilliant,
  that was quick. | thx
again | Nothing has happened yet? | I still haven't got it. | That was not what I asked. | You forgot half of my
  question. | And? Any news? | I've had no email.
angry | I can only apologise for the trouble. | I understand that you are cross, and I am sorry. | You are right to
  be annoyed.
"""
