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
/// <param name="Index">Slot of the feature in the input vector.</param>
/// <param name="Name">Slot name of the feature, or <c>Feature</c> and its index where the input
/// had no slot names.</param>
/// <param name="Weight">Entry of the dictionary W.</param>
/// <param name="Lift">Share of the feature in the component over its share in all components, weighted by their
/// contributions; 1 is neutral.</param>
public readonly record struct NmfFeature(int Index, string Name, float Weight, double Lift);
