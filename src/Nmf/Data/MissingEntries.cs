namespace Nmf;

/// <summary>What a value that is not a number (NaN) means in the data.</summary>
public enum MissingValues
{
    /// <summary>An error, which names the entry.</summary>
    Error,

    /// <summary>The entry was not observed: it takes no part in the fit, and the model predicts it.</summary>
    NaN,
}

/// <summary>What an entry means that sparse data do not store.</summary>
public enum AbsentEntries
{
    /// <summary>Zero, as in word counts.</summary>
    Zero,

    /// <summary>The entry was not observed, as in ratings. A stored zero is an observed zero. The cost of a fit is
    /// proportional to the number of stored entries, for every β.</summary>
    Missing,
}
