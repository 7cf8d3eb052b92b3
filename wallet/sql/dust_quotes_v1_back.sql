DROP TRIGGER dust_taken_whole ON wallet_conversion;
DROP FUNCTION wallet_dust_taken_whole();
ALTER TABLE wallet_conversionquote DROP CONSTRAINT conversion_quote_of_its_dust;
DROP TRIGGER dust_quote_unchanged ON wallet_dustquote;
