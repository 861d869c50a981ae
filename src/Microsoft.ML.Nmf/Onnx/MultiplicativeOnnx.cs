using Nmf;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Inference for β other than 1 and 2 as an unrolled graph of multiplicative updates, <c>h ← h (neg / pos)^ω</c>
/// with <c>neg = Wᵀ(v y^(β-2))</c>, <c>pos = Wᵀ y^(β-1)</c>, y = W h (Févotte and Idier 2011), from a flat start
/// like that of the .NET inference.
/// </summary>
/// <remarks>
/// For 1 &lt; β &lt; 2 the exponent is over-relaxed to 1.9, which halves the number of iterations; the last has
/// exponent 1. Where the problem is not convex the exponent is that of the .NET inference, so that both go to
/// the same stationary point.
/// </remarks>
internal static class MultiplicativeOnnx
{
    private const double OverRelaxation = 1.9;
    private const double LargestPower = 1e30;

    /// <summary>Adds the iterations to the graph.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="model">Dictionary and β.</param>
    /// <param name="rows">Name of the rows, N x F.</param>
    /// <param name="iterations">Number of iterations.</param>
    /// <returns>Name of the activations, N x K.</returns>
    public static string Activations(OnnxGraph graph, NmfModelParameters model, string rows, int iterations)
    {
        var (features, rank, beta) = (model.FeatureCount, model.Rank, model.Beta);
        var dictionary = new float[features * rank];
        var components = new float[rank * features];
        var sums = new float[rank];
        for (var k = 0; k < rank; k++)
        {
            var component = model.GetComponent(k);
            double sum = 0;
            for (var f = 0; f < features; f++)
            {
                sum += component[f];
                dictionary[(f * rank) + k] = components[(k * features) + f] = component[f];
            }

            sums[k] = (float)sum;
        }

        // The rows are brought to unit sum, so that floors and powers meet numbers of order one; a
        // row of zeros stays zero.
        var tiny = graph.Constant(1e-30f);
        var mass = graph.RowSums(rows);
        var v = graph.Apply("Div", features, rows, graph.Apply("Max", 1, mass, tiny));
        var w = graph.Constant(dictionary, features, rank);
        var wt = graph.Constant(components, rank, features);
        var one = graph.Apply("Div", 1, mass, graph.Apply("Max", 1, mass, tiny));
        var total = sums.Sum();
        var h = graph.Apply(
            "Mul", rank, one, graph.Constant([.. sums.Select(sum => sum > 0 ? 1 / total : 0)], 1, rank));
        var floor = graph.Constant(Floor(beta));
        for (var i = 0; i < iterations; i++)
        {
            var y = graph.Apply("Max", features, graph.Apply("MatMul", features, h, wt), floor);
            var (weights, power) = Powers(graph, features, v, y, beta);
            var negative = graph.Apply("MatMul", rank, weights, w);
            var positive = graph.Apply("Max", rank, graph.Apply("MatMul", rank, power, w), tiny);
            var ratio = graph.Apply("Div", rank, negative, positive);
            var exponent = Exponent(beta, last: i == iterations - 1);
            if (exponent != 1)
                ratio = graph.Apply("Pow", rank, ratio, graph.Constant((float)exponent));
            h = graph.Apply("Mul", rank, h, ratio);
        }

        return graph.Apply("Mul", rank, h, mass);
    }

    private static double Exponent(double beta, bool last) => beta switch
    {
        >= 1 and <= 2 => last ? 1 : OverRelaxation,
        >= 0 and < 1 => 1,
        _ => BetaDivergence.MajorizationExponent(beta),
    };

    // v y^(β-2) and y^(β-1).
    private static (string Weights, string Power) Powers(OnnxGraph graph, int features, string v, string y, double beta)
    {
        switch (beta)
        {
            case 0:
                var inverse = graph.Apply("Reciprocal", features, y);
                return (graph.Apply("Mul", features, graph.Apply("Mul", features, v, inverse), inverse), inverse);
            default:
                var power = graph.Apply("Pow", features, y, graph.Constant((float)(beta - 1)));
                return (graph.Apply("Mul", features, graph.Apply("Div", features, v, y), power), power);
        }
    }

    // As low as y^(β-2) allows in single precision.
    private static float Floor(double beta)
        => (float)Math.Max(1e-16, Math.Pow(LargestPower, -1 / Math.Max(1, 2 - beta)));
}
