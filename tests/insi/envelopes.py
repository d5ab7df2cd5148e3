"""Requests and answers written by hand, letter by letter: neither our client nor our simulator had a part in them."""

TRAITS_REQUEST = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">
  <s:Header>
    <l:ContexteLPS Nature="CTXLPS" Version="01_00" xmlns:l="urn:siram:lps:ctxlps">
      <l:Id>c8b6f0f2-5f0a-4b86-8a0c-1a2b3c4d5e6f</l:Id>
      <l:Temps>2026-11-21T10:00:00Z</l:Temps>
      <l:Emetteur>10B0152872</l:Emetteur>
      <l:LPS>
        <l:IDAM R="4">TEST00000001</l:IDAM>
        <l:Version>1.0</l:Version>
        <l:Instance>b3549edd-4ae9-472a-b26f-fd2fb4ef397f</l:Instance>
        <l:Nom>urn:lps:essai:1.0</l:Nom>
      </l:LPS>
    </l:ContexteLPS>
    <b:ContexteBAM Version="01_02" xmlns:b="urn:siram:bam:ctxbam">
      <b:Id>c1a2f0f2-5f0a-4b86-8a0c-1a2b3c4d5e6f</b:Id>
      <b:Temps>2026-11-21T10:00:00.123Z</b:Temps>
      <b:Emetteur>10B0152872</b:Emetteur>
      <b:COUVERTURE/>
    </b:ContexteBAM>
    <a:Action>urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite</a:Action>
    <a:MessageID>uuid:3d1ac113-9a2e-4a49-b0ad-b4a4fdd02b3b</a:MessageID>
  </s:Header>
  <s:Body>
    <RECSANSVITALE xmlns="http://www.cnamts.fr/INSiRecSans">
      <NomNaissance>ADRUN</NomNaissance>
      <Prenom>ZOE</Prenom>
      <Sexe>F</Sexe>
      <DateNaissance>1975-12-31</DateNaissance>
    </RECSANSVITALE>
  </s:Body>
</s:Envelope>
"""

CARD_BODY = """<v:RECVITALE xmlns:v="http://www.cnamts.fr/INSiRecVit">
      <v:MatriculeIndividu><v:NumIdentifiant>2751263220749</v:NumIdentifiant><v:Cle>74</v:Cle></v:MatriculeIndividu>
      <v:MatriculeOD><v:NumIdentifiant>2751263220749</v:NumIdentifiant><v:Cle>74</v:Cle></v:MatriculeOD>
      <v:NomNaissance>ADRUN</v:NomNaissance>
      <v:DateNaissance>1975-12-31</v:DateNaissance>
      <v:RangNaissance>1</v:RangNaissance>
    </v:RECVITALE>"""

FOUND = """<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Header/>
<S:Body xmlns:S="http://www.w3.org/2003/05/soap-envelope">
  <!-- an answer as a front server may rewrite it -->
  <ns2:RESULTAT xmlns:ns2="http://www.cnamts.fr/INSiResultat" xmlns:ns3="urn:siram">
    <ns2:CR><ns2:CodeCR>00</ns2:CodeCR><ns2:LibelleCR>OK</ns2:LibelleCR></ns2:CR>
    <ns2:INDIVIDU>
      <ns2:TIQ>
        <ns2:DateNaissance>2009-07-14</ns2:DateNaissance>
        <ns2:ListePrenom>PIERRE-ALAIN MURIEL FLORIANT</ns2:ListePrenom>
        <ns2:Sexe>M</ns2:Sexe>
        <ns2:NomNaissance>ECET<!-- in the middle -->INSI</ns2:NomNaissance>
        <ns2:LieuNaissance>63220</ns2:LieuNaissance>
      </ns2:TIQ>
      <ns2:INSHISTO><ns2:OID>1.2.250.1.213.1.4.8</ns2:OID><ns2:IdIndividu>
        <ns2:Cle>39</ns2:Cle><ns2:NumIdentifiant>2090763220834</ns2:NumIdentifiant></ns2:IdIndividu></ns2:INSHISTO>
      <ns2:INSACTIF>
        <ns2:OID> 1.2.250.1.213.1.4.8 </ns2:OID>
        <ns2:IdIndividu><ns2:Cle>89</ns2:Cle><ns2:NumIdentifiant>1090763220834</ns2:NumIdentifiant></ns2:IdIndividu>
      </ns2:INSACTIF>
    </ns2:INDIVIDU>
  </ns2:RESULTAT>
</S:Body></env:Envelope>
"""

FAULT_550 = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault>
<soap:Code><soap:Value>soap:Sender</soap:Value><soap:Subcode><soap:Value xmlns:x="urn:siram">x:siram_100</soap:Value>
</soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang="en">The service refuses</soap:Text></soap:Reason>
<soap:Detail><q:Erreur xmlns:q="urn:siram" code="desir_550" severite="fatale"
 messageID="uuid:3d1ac113-9a2e-4a49-b0ad-b4a4fdd02b3b">Le numero d'autorisation est inconnu</q:Erreur></soap:Detail>
</soap:Fault></soap:Body></soap:Envelope>
"""

FAULT_DOWN = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code>
<s:Value>s:Receiver</s:Value><s:Subcode><s:Value>siram_40</s:Value></s:Subcode></s:Code>
<s:Reason><s:Text xml:lang="fr">Service indisponible</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>
"""
