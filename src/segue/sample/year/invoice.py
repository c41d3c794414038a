"""What customers write who need an invoice or a receipt for an order."""

BOOK = """
Please send me the invoice for {order}.
I need a receipt (with VAT|showing the VAT) for {order}.
I can't find the invoice, could you (email|send) it again?
My accountant is asking for the bill of the {item}.
invoice {order} pls
Where do I get a VAT receipt? There was none in the box.
Could I have a copy of the receipt? I need it for my insurance, the {item} got stolen.
For my tax return I require an invoice for {order}.
I deleted the email with the receipt in it. Can I have another?
The company pays half of my {item}, so I need something with your VAT number on it.
There was no paper in the parcel. I need proof of purchase.
can u resend the bill
To claim my expenses I need a proper invoice, not the order confirmation.
Kindly forward the invoice relating to the above order in PDF format.
The attachment in the dispatch email won't open. Could you send me the invoice again?
Duplicate invoice please, {order}
Is there an invoice for {order}? My boss won't pay without.
I need the receipt for the warranty of something I bought, {order}.
Send bill. {order}. Thanks.
Bookkeeping here: we're missing the document for {order}. Please supply.
Customs wants to see an invoice for my parcel. Can you email one today?
Our treasurer lost the receipt. It was for the {item}. Sorry to bother you.
please mail me a pdf of what i paid for {order}
How do I download an invoice? I can't see it in my account.
I bought the {item} for the Scouts and need a receipt to be paid back.
Please can I have a copy of my order receipt for £{total}?
No VAT shown on what you sent me. I need it itemised.
I only got the delivery note. An invoice would be nice.
Paper invoice got wet on the way and can't be read. Another one please?
Need invoice asap, quarter ends on {nextday}
The bank wants evidence of what the payment to you was for. Have you got an invoice for {order}?
I'm self-employed and would like to deduct the {item}. Do I get a bill?
Can you make out an invoice for what I ordered?
I've looked in spam and everywhere, the receipt for the {item} isn't there.
Your confirmation isn't a tax document, says our finance team. Invoice please.
Re: {order} - receipt?
The NHS trust reimburses my footwear. They ask for an official receipt.
Another copy of the invoice for my files, if you'd be so kind.
receipt lost. need new one. {order}
My insurer asks what the {item} cost and when I bought it. Any document will do.
I have to prove that I bought it at your shop. Could you send me something?
A bill with the VAT separated, please, for the purchase I made on {day}.
We are a school and pay on invoice, which hasn't come yet for {order}.
When do you send the invoice? Goods came, bill didn't.
I paid by card on {day} and should like a receipt for it.
please reissue the invoice for {order}
Could someone in accounts send me last month's invoice again?
I returned the van, I left the glove box papers in it, your invoice among them. May I have a copy?
For the guarantee booklet I need to staple a receipt in. Can you send me that?
Invoice, {order}, thank you in advance
Got a PDF of zero bytes from you. Try again please? It's the invoice I mean.
What's your VAT number and can I get the invoice with it?
An original invoice for {order} is needed by our auditors.
My daughter claims it back from her uni fund; they insist on an invoice.
Hello, could you send over the tax invoice for my last purchase please.
Do you do e-invoices? I'd need one for {order}.
I need to hand in a receipt at work tomorrow!! {order}
Please resend the document that shows what I paid.
I was told the invoice comes with the dispatch mail, mine didn't have it
Purchase receipt for {name} wanted.
Can you send me a document showing what I paid for {order}?
I need proof of what I paid.
Resend the receipt for {order} please.
May I have the invoice again as PDF, I can't find it.
Receipt for my {item} please, with VAT.
I've lost the bill and need a copy.
Please email me an invoice for tax.
I'd need a VAT invoice for {order} for our accounts.
"""
