namespace TopicModel.Corpus;

/// <summary>Words that API documentation uses everywhere, whatever it is about. ML.NET's own list of English stop
/// words comes on top.</summary>
internal static class ApiBoilerplate
{
    public static IReadOnlyList<string> Words { get; } = (
        // what members do
        "get gets getting set sets setting return returns returned returning initialize initializes initialized "
        + "specify specifies specified specifying represent represents representing indicate indicates indicating "
        + "contain contains containing provide provides provided providing use uses used using given define defines "
        + "defined describe describes create creates created creating determine determines occur occurs cause causes "
        + "allow allows perform performs call called calls calling "
        // what members are
        + "method methods property properties field class classes struct interface enum instance instances object "
        + "objects type types value values parameter parameters param constructor ctor overload overloads member "
        + "derived inherited implementation implementations implement implements implemented virtual static abstract "
        + "override overridden generic null true false void bool boolean int byref nullable "
        // how they are described
        + "current new default otherwise optional following example see also based associated corresponding particular "
        + "one two first second must may will cannot whether within without based either and/or throw throws "
        + "thrown exception exceptions argument arguments invalid data information name names number support supported "
        + "supports required via e.g i.e etc operator item this that which when where structure structures info zero "
        + "equal equals compare compares compared equivalent result results "
        ).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
