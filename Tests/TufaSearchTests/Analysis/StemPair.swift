import Testing

/// A word and the stem that Snowball 2 gives it.
struct StemPair: CustomTestStringConvertible, Sendable {
    let word: String
    let stem: String

    var testDescription: String { "\(word) -> \(stem)" }

    /// Words that reach every rule and exception of the algorithm.
    static let sample: [StemPair] = table.split(separator: " ").map { entry in
        let parts = entry.split(separator: "=")
        return StemPair(word: String(parts[0]), stem: String(parts[1]))
    }

    private static let table = """
        consign=consign consigned=consign consigning=consign consignment=consign knack=knack \
        knackeries=knackeri knaves=knave knavish=knavish knightly=knight know=know \
        knowledge=knowledg cat=cat cats=cat caress=caress caresses=caress ponies=poni ties=tie \
        cries=cri tied=tie cried=cri dies=die gas=gas gaps=gap this=this kiwis=kiwi bus=bus \
        focus=focus glass=glass pass=pass abyss=abyss yes=yes axis=axi agreed=agre feed=feed \
        need=need proceedly=proce guaranteedly=guarante hoped=hope hoping=hope hopping=hop \
        hopped=hop fitted=fit tanned=tan luxuriated=luxuri bled=bled troubled=troubl \
        troubling=troubl sized=size sizing=size filed=file filing=file fizzed=fizz failing=fail \
        added=ad egging=eg ebbed=eb controlled=control rolling=roll falling=fall hissing=hiss \
        fizzes=fizz beds=bed shred=shred snored=snore snowing=snow boxing=box playing=play \
        vying=vy breed=breed motoring=motor sing=sing singing=sing interestingly=interest \
        markedly=mark happy=happi happily=happili cry=cri by=by say=say saying=say enjoy=enjoy \
        enjoyed=enjoy sky=sky skies=sky skis=ski dying=die lying=lie tying=tie idly=idl \
        gently=gentl ugly=ugli early=earli only=onli singly=singl news=news howe=howe \
        atlas=atlas cosmos=cosmos bias=bias andes=andes inning=inning innings=inning \
        outing=outing canning=canning cannings=canning herring=herring herrings=herring \
        earring=earring proceed=proceed proceeds=proceed exceeded=exceed succeeding=succeed \
        conditional=condit relational=relat rational=ration valency=valenc hesitancy=hesit \
        digitizer=digit conformably=conform radically=radic differently=differ vilely=vile \
        analogously=analog vietnamization=vietnam predication=predic operator=oper \
        feudalism=feudal decisiveness=decis hopefulness=hope callousness=callous \
        formality=formal sensitivity=sensit sensibility=sensibl possibly=possibl apology=apolog \
        theology=theolog geology=geolog hopefully=hope fearlessly=fearless badly=bad \
        quickly=quick rarely=rare finely=fine surely=sure coldly=cold truly=truli \
        triplicate=triplic formative=format formalize=formal electricity=electr \
        electrical=electr goodness=good hopeful=hope relative=relat national=nation \
        nationalize=nation communicate=communic authenticity=authent revival=reviv \
        allowance=allow inference=infer airliner=airlin gyroscopic=gyroscop adjustable=adjust \
        defensible=defens irritant=irrit replacement=replac adjustment=adjust dependent=depend \
        adoption=adopt communism=communism activate=activ angularity=angular homologous=homolog \
        effective=effect bowdlerize=bowdler extension=extens champion=champion million=million \
        probate=probat rate=rate cease=ceas controll=control roll=roll parallel=parallel \
        excel=excel tell=tell generate=generat generates=generat generic=generic \
        generous=generous general=general communion=communion community=communiti \
        commune=commune arsenal=arsenal arsenic=arsenic arson=arson yacht=yacht youth=youth \
        yellow=yellow yearly=year beyond=beyond sayer=sayer toyed=toy eying=eye ying=ying y's=y \
        dog's=dog dogs'=dog boys'=boy james's=jame 'quoted'=quot 'tis=tis o'er=o'er \
        rock'n'roll=rock'n'rol university=univers universal=univers universe=univers \
        organization=organ organize=organ running=run runner=runner ran=ran easily=easili \
        east=east eastern=eastern connection=connect connective=connect connected=connect \
        connecting=connect disconnect=disconnect computing=comput computer=comput \
        computers=comput computation=comput computational=comput analysis=analysi \
        analyses=analys analyze=analyz indices=indic matrix=matrix matrices=matric \
        queries=queri query=queri indexing=index indexes=index searching=search searched=search \
        searchable=searchabl stemming=stem stemmed=stem stemmer=stemmer databases=databas \
        transactional=transact durability=durabl recovered=recov recovering=recov \
        segments=segment archives=archiv immutable=immut \
        pedagogy=pedagogi demagogies=demagogi orgies=orgi
        """
}
