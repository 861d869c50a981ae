namespace Microsoft.ML.Transforms.Onnx;

/// <summary>The components of a model, each divided by its sum; one without weight stays zero.</summary>
internal sealed class UnitComponents
{
    private readonly double[] _weights;

    public UnitComponents(NmfModelParameters model)
    {
        (Rank, Features) = (model.Rank, model.FeatureCount);
        _weights = new double[Rank * Features];
        Sums = new double[Rank];
        for (var k = 0; k < Rank; k++)
        {
            var component = model.GetComponent(k);
            foreach (var weight in component)
                Sums[k] += weight;
            for (var f = 0; f < Features; f++)
                _weights[(k * Features) + f] = Sums[k] > 0 ? component[f] / Sums[k] : 0;
        }
    }

    /// <summary>K.</summary>
    public int Rank { get; }

    /// <summary>F.</summary>
    public int Features { get; }

    /// <summary>What the components were divided by.</summary>
    public double[] Sums { get; }

    /// <summary>The weight of a feature in a component.</summary>
    public double this[int component, int feature] => _weights[(component * Features) + feature];

    /// <summary>What equal activations of all components, one together, predict for the features.</summary>
    public double[] Sum()
    {
        var sum = new double[Features];
        for (var i = 0; i < _weights.Length; i++)
            sum[i % Features] += _weights[i] / Rank;
        return sum;
    }

    /// <summary>The weights as a constant of a graph, K x F.</summary>
    public string Constant(OnnxGraph graph)
        => graph.Constant([.. _weights.Select(weight => (float)weight)], Rank, Features);
}
