"""What customers ask for in one sentence, after they have told their story: topic, words."""

BOOK = """
order_status So where is it?
order_status When will it come?
order_status Could you check where it is at the moment?
order_status Please tell me when I can expect the delivery.
order_status Is it on its way?
order_status Any idea of the delivery day?
order_status I only want to know when it arrives.
order_status Can you look up the parcel for me?
order_status Please send me the tracking number.
order_status Has it left you yet?
order_status What does the tracking say?
order_status An update would be nice.
refund Please give me my money back.
refund I'd like a refund.
refund Can I return it?
refund I want to send it back and be refunded.
refund How do I return it and when do I get the money?
refund Please refund the full amount.
refund I'd like to return everything for a refund.
refund Money back please.
refund Please start a return for me.
refund I would like it taken back and the money paid to my card.
refund Would you refund me?
refund I'm returning it. Please refund.
change_address Please change the address.
change_address Could you correct the delivery address before it is sent?
change_address Can the delivery address be changed?
change_address Please send it to the new address.
change_address It needs to go to another address.
change_address Can you update the address on my order?
change_address Please make sure it goes to that address.
change_address Deliver it there please.
change_address Is it still possible to change where it is delivered?
change_address Please amend the shipping address.
cancel_order Please cancel it.
cancel_order Can I cancel?
cancel_order Please cancel the order and refund me.
cancel_order I'd like to cancel my order.
cancel_order Don't send it please.
cancel_order Can it still be cancelled?
cancel_order Please stop it before it goes out.
cancel_order Cancel the whole order.
cancel_order I want the order cancelled.
cancel_order Kindly confirm the cancellation.
damaged_item Please send me a new one.
damaged_item Can I get a replacement?
damaged_item I'd like a replacement for the broken one.
damaged_item It's faulty, please replace it.
damaged_item What do you do about damaged goods?
damaged_item Can you send one that isn't broken?
damaged_item I need a new one as this one is defective.
damaged_item Please replace the damaged item.
damaged_item It was broken on arrival.
damaged_item I expect a replacement.
repair Can you repair it?
repair Can the workshop fix it?
repair What would the repair cost?
repair Is that covered by the warranty?
repair How do I send it in for repair?
repair Do you mend such things?
repair I'd like to have it repaired.
repair Could someone in your workshop have a look?
repair Would it be a warranty case?
repair Please tell me what a repair costs.
exchange Can I swap it for another size?
exchange I'd like to exchange it for {newsize}.
exchange Please send me {newsize} instead.
exchange Could I have the right size?
exchange Can it be exchanged?
exchange I need a different size.
exchange I'd like an exchange.
exchange Would you change it for {newsize}?
exchange Is an exchange for {newsize} possible?
exchange Please swap the size.
missing_item Please send the missing one.
missing_item Something is missing.
missing_item Could you send what's missing?
missing_item The {item} {was} not in the parcel.
missing_item Where's the rest of my order?
missing_item One item is missing from my order.
missing_item Please send on the {item} that you forgot.
missing_item I'd like to get what I paid for.
missing_item My order is incomplete.
missing_item What about the missing item?
lost_parcel Please find out what happened to the parcel.
lost_parcel I never received it.
lost_parcel It's marked as delivered but it is not here.
lost_parcel Can you have the parcel traced?
lost_parcel I think the parcel is lost.
lost_parcel Please open a search for it.
lost_parcel What do you do when a parcel gets lost?
lost_parcel Nobody here has received a parcel.
lost_parcel Please investigate with the courier.
lost_parcel My parcel has not been delivered, whatever the tracking says.
gift_card What's left on my gift card?
gift_card Is the card still valid?
gift_card Why is the gift card not accepted?
gift_card Could you check the gift card?
gift_card Please check the balance of the voucher.
gift_card What's wrong with my gift card?
gift_card How much is on the card?
gift_card My voucher code doesn't work.
invoice Please send me the invoice.
invoice Could you email me the receipt?
invoice I need the invoice as a PDF.
invoice I'd like a VAT invoice please.
invoice Can I have a copy of the invoice?
invoice Please send the receipt again.
invoice A receipt would be enough.
invoice Where's my invoice?
membership Am I a member or not?
membership When does my membership end?
membership How much credit have I got?
membership What's the state of my Cairn Club membership?
membership Please look up my membership.
membership It's about my Cairn Club membership.
membership Could you check my club account?
membership How many points do I have?
account_access I can't log in to my account.
account_access Please send me a new password.
account_access How can I log in again?
account_access Can you reset my password?
account_access Please help me back into my account.
account_access My login doesn't work.
account_access Could you unlock my account?
account_access I need to get into my account.
data_request Please send me a copy of my data.
data_request I'd like to know what data you have about me.
data_request Please confirm that you received this data request.
data_request It's about my personal data.
data_request I make this request under the GDPR.
data_request I'm asking about the data stored about me.
price_adjustment Could I get the difference back?
price_adjustment Please refund the difference.
price_adjustment It's cheaper now than what I paid.
price_adjustment Can you match the lower price?
price_adjustment I'd like to have the new price.
price_adjustment Do you pay back the difference?
price_adjustment Please adjust the price.
price_adjustment I should like to pay today's lower price.
"""

BLENDS = {
    "refund": ("damaged_item", "missing_item", "exchange", "order_status"),
    "exchange": ("refund", "damaged_item"),
    "lost_parcel": ("order_status", "missing_item"),
    "cancel_order": ("order_status", "change_address"),
    "damaged_item": ("missing_item", "refund"),
    "order_status": ("lost_parcel", "change_address"),
    "repair": ("damaged_item",),
    "price_adjustment": ("refund",),
    "missing_item": ("lost_parcel", "order_status"),
}
"""Whose stories end with another wish: a damaged parcel that wants money back, a return that is an exchange."""
