using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>One view of a fitted co-factorisation.</summary>
public sealed class CoNmfViewParameters
{
    private readonly float[] _components;

    internal CoNmfViewParameters(
        string inputColumnName, double beta, double weight, Matrix<float> dictionary, string[]? featureNames,
        double explainedPart)
    {
        (InputColumnName, Beta, Weight, Dictionary, FeatureNames, ExplainedPart) = (inputColumnName, beta, weight,
            dictionary, featureNames, explainedPart);
        _components = new float[(long)dictionary.Rows * dictionary.Columns];
        for (var f = 0; f < dictionary.Rows; f++)
        {
            for (var k = 0; k < dictionary.Columns; k++)
                _components[(k * dictionary.Rows) + f] = dictionary[f, k];
        }
    }

    /// <summary>Name of the column.</summary>
    public string InputColumnName { get; }

    /// <summary>β of its divergence.</summary>
    public double Beta { get; }

    /// <summary>What its divergence is multiplied by.</summary>
    public double Weight { get; }

    /// <summary>Number of features F.</summary>
    public int FeatureCount => Dictionary.Rows;

    /// <summary>Slot names of the column in the fit, or null when it had none.</summary>
    public IReadOnlyList<string>? FeatureNames { get; }

    /// <summary>The part of the training data of this view that the model explains.</summary>
    public double ExplainedPart { get; }

    internal Matrix<float> Dictionary { get; }

    /// <summary>A component in this view: a column of W.</summary>
    /// <param name="component">Which, from 0.</param>
    /// <returns>F entries.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public ReadOnlySpan<float> GetComponent(int component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)component, (uint)Dictionary.Columns,
            nameof(component));
        return _components.AsSpan(component * FeatureCount, FeatureCount);
    }

    /// <summary>The features of a component with the largest entries, the largest first.</summary>
    /// <param name="component">Which, from 0.</param>
    /// <param name="count">How many, at most.</param>
    /// <returns>Name (or <c>Feature</c> and its index) and entry.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component, or the number is
    /// negative.</exception>
    public IReadOnlyList<(string Name, float Weight)> GetTopFeatures(int component, int count = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var column = GetComponent(component).ToArray();
        return [.. Enumerable.Range(0, column.Length).Where(f => column[f] > 0).OrderByDescending(f => column[f])
            .Take(count).Select(f => (
                FeatureNames?[f] is { Length: > 0 } name ? name : $"Feature{f}", column[f]))];
    }
}

/// <summary>What a transformer knows of a co-factorisation.</summary>
internal sealed record CoNmfParameters(
    ViewCoupling Coupling, InferenceOptions Inference, NameMismatch Names, CoNmfViewParameters[] Views)
{
    public int Rank => Views[0].Dictionary.Columns;

    public string[] SlotNames => [.. Enumerable.Range(0, Rank).Select(k => $"Component{k}")];

    public CoRowProblem<float> ToProblem() => new(
        [.. Views.Select(view => view.Dictionary)], [.. Views.Select(view => view.Beta)],
        [.. Views.Select(view => view.Weight)], Coupling, Inference);

    // byte: kind of coupling; double: its weight; double, int: inference; byte: names; int: rank; int: views; for
    // each: string: column; doubles: β, α, explained part; int: features; features x rank floats; byte: whether there
    // are names; as many strings
    public void Save(BinaryWriter writer)
    {
        var soft = Coupling as SoftCoupling;
        writer.Write((byte)(soft is null ? 0 : soft.IsSquared ? 2 : 1));
        writer.Write(soft?.Weight ?? 0);
        writer.Write(Inference.Tolerance);
        writer.Write(Inference.MaximumIterations);
        writer.Write((byte)Names);
        writer.Write(Rank);
        writer.Write(Views.Length);
        foreach (var view in Views)
        {
            writer.Write(view.InputColumnName);
            writer.Write(view.Beta);
            writer.Write(view.Weight);
            writer.Write(view.ExplainedPart);
            writer.Write(view.FeatureCount);
            for (var f = 0; f < view.FeatureCount; f++)
                writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(view.Dictionary.Row(f)));
            writer.WriteTexts(view.FeatureNames);
        }
    }

    public static CoNmfParameters Load(CheckedReader reader)
    {
        var kind = reader.ReadByte("coupling");
        reader.Require(kind <= 2, "coupling");
        var weight = reader.ReadFinite("weight of the coupling", atLeast: 0);
        var inference = new InferenceOptions
        {
            Tolerance = reader.ReadFinite("inference tolerance", above: 0),
            MaximumIterations = reader.ReadCount(
                "inference iterations", 1, InferenceOptions.MostIterations),
        };
        var names = reader.ReadEnum<NameMismatch>("meaning of other names");
        var rank = reader.ReadCount("rank", 1);
        var count = reader.ReadCount("number of views", 2, CoNmf.MostViews);
        var views = reader.ReadArray("views", count, 1, r => LoadView(r, rank));
        return new CoNmfParameters(
            kind == 0 ? ViewCoupling.Shared : kind == 1 ? ViewCoupling.L1(weight) : ViewCoupling.L2(weight), inference,
            names, views);
    }

    private static CoNmfViewParameters LoadView(CheckedReader reader, int rank)
    {
        var column = reader.ReadName("input column");
        var beta = reader.ReadFinite("beta");
        var weight = reader.ReadFinite("weight", above: 0);
        var explained = reader.ReadFinite("explained part");
        var features = reader.ReadCount("number of features", 1);
        reader.Require((long)features * rank <= Array.MaxLength, "size of the dictionary");
        var values = reader.ReadNonnegativeSingles("dictionary", (long)features * rank);
        return new CoNmfViewParameters(
            column, beta, weight, Matrix<float>.FromRowMajor(values, features, rank),
            reader.ReadTexts("feature names", features), explained);
    }
}

/// <summary>An output column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="View">Of which view; -1 for the mean over the views.</param>
/// <param name="IsReconstruction">The approximation in place of activations.</param>
internal sealed record CoNmfOutput(string Name, int View, bool IsReconstruction)
{
    public static CoNmfOutput[] Of(CoNmfEstimator.Options options)
    {
        var columns = new List<CoNmfOutput> { new(options.OutputColumnName, -1, false) };
        for (var v = 0; v < options.Views.Count; v++)
        {
            if (options.Views[v].ActivationColumnName is { } activations)
                columns.Add(new(activations, v, false));
            if (options.Views[v].ReconstructionColumnName is { } reconstruction)
                columns.Add(new(reconstruction, v, true));
        }

        return [.. columns];
    }
}
