namespace Microsoft.ML.Transforms;

/// <summary>By what the features of a component are ranked.</summary>
public enum NmfFeatureRanking
{
    /// <summary>The entry of the dictionary: what the component consists of.</summary>
    Weight,

    /// <summary>
    /// How many times more weight the feature has in the component than in the training data as a whole, as the model
    /// sees them: what tells the component from the others. Equal lifts are ranked by weight.
    /// </summary>
    Lift,
}

/// <summary>A feature of a component.</summary>
public sealed record NmfFeature
{
    internal NmfFeature(int index, string name, float weight, double lift)
        => (Index, Name, Weight, Lift) = (index, name, weight, lift);

    /// <summary>Slot of the feature in the input vector.</summary>
    public int Index { get; }

    /// <summary>Slot name of the feature, or <c>Feature</c> and its index where the input had no slot names.</summary>
    public string Name { get; }

    /// <summary>Entry of the dictionary W.</summary>
    public float Weight { get; }

    /// <summary>Share of the feature in the component over its share in all components, weighted by their
    /// contributions; 1 is neutral.</summary>
    public double Lift { get; }
}
