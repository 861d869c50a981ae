namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Inference for β = 1 with so many features and components that Newton steps would need too large a table, as an
/// unrolled graph: the alternating direction method of multipliers with the split y = W h,
/// z = h, z ≥ 0 (Sun and Févotte, "Alternating direction method of multipliers for non-negative matrix factorization
/// with the beta-divergence", 2014), over-relaxed and with one penalty per feature and per component.
/// </summary>
/// <remarks>
/// With e = y plus its multiplier and g = z plus its multiplier, one iteration is
/// <c>h ← (WᵀRW + S)⁻¹ (WᵀR (2y - e) + S |g|)</c>, <c>e ← e + α (W h - y)</c>, <c>g ← g + α (h - z)</c>,
/// <c>z = max(g, 0)</c>, and <c>y = (t + √(t² + 4 v/R)) / 2</c> with <c>t = e - 1/R</c>, the proximal map of the
/// Kullback-Leibler divergence. R is inversely proportional to what a flat h predicts for the feature, as the curvature
/// 1/y of the divergence asks.
/// </remarks>
internal static class PoissonSplittingOnnx
{
    private const double Relaxation = 1.6;
    private const double FeaturePenalty = 3;
    private const double ComponentPenalty = 1;
    private const double SmallestPrediction = 1e-3;
    private const float Tiny = 1e-30f;

    /// <summary>Adds the iterations to the graph.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="model">Dictionary.</param>
    /// <param name="rows">Name of the rows, N x F.</param>
    /// <param name="iterations">Number of iterations.</param>
    /// <returns>Name of the activations, N x K.</returns>
    public static string Activations(OnnxGraph graph, NmfModelParameters model, string rows, int iterations)
    {
        var (features, rank) = (model.FeatureCount, model.Rank);
        var components = new UnitComponents(model);
        var penalties = FeaturePenalties(components.Sum());
        var system = new double[rank * rank];
        for (var a = 0; a < rank; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                double sum = 0;
                for (var f = 0; f < features; f++)
                    sum += penalties[f] * components[a, f] * components[b, f];
                system[(a * rank) + b] = system[(b * rank) + a] = sum;
            }

            // A zero component: anything positive keeps the matrix regular.
            if (system[(a * rank) + a] == 0)
                system[(a * rank) + a] = 1;
        }

        var componentPenalties = new double[rank];
        for (var k = 0; k < rank; k++)
        {
            componentPenalties[k] = ComponentPenalty * system[(k * rank) + k];
            system[(k * rank) + k] += componentPenalties[k];
        }

        var inverse = PositiveDefinite.Inverse(system, rank);
        var fromFeatures = new float[features * rank];
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < rank; k++)
            {
                double sum = 0;
                for (var a = 0; a < rank; a++)
                    sum += components[a, f] * inverse[(a * rank) + k];
                fromFeatures[(f * rank) + k] = (float)(penalties[f] * sum);
            }
        }

        var fromComponents = new float[rank * rank];
        for (var a = 0; a < rank; a++)
        {
            for (var b = 0; b < rank; b++)
                fromComponents[(a * rank) + b] = (float)(componentPenalties[a] * inverse[(a * rank) + b]);
        }

        // Rows of unit sum, so that the penalties fit them; a row of zeros stays zero because its mass is.
        var mass = graph.RowSums(rows);
        var v = graph.Apply("Div", features, rows, graph.Apply("Max", 1, mass, graph.Constant(Tiny)));
        var shift = graph.Constant([.. penalties.Select(penalty => (float)(1 / penalty))], 1, features);
        var data = graph.Apply(
            "Mul", features, v, graph.Constant([.. penalties.Select(penalty => (float)(4 / penalty))], 1, features));
        var toH = graph.Constant(fromFeatures, features, rank);
        var keepH = graph.Constant(fromComponents, rank, rank);
        var toRows = components.Constant(graph);
        var relaxation = graph.Constant((float)Relaxation);
        var half = graph.Constant(0.5f);
        var flat = graph.Constant([.. Enumerable.Repeat(1f / rank, rank)], 1, rank);

        var (y, e, twice) = (v, v, v);
        var z = graph.Apply(
            "Add", rank, graph.Apply("Mul", rank, mass, graph.Constant(new float[rank], 1, rank)), flat);
        var g = z;
        for (var i = 0; i < iterations; i++)
        {
            var h = graph.Apply(
                "Gemm", rank, graph.Apply("Abs", rank, g), keepH, graph.Apply("MatMul", rank, twice, toH));
            g = graph.Apply("Add", rank, g, graph.Apply("Mul", rank, graph.Apply("Sub", rank, h, z), relaxation));
            z = graph.Apply("Relu", rank, g);
            if (i == iterations - 1)
                break;
            var prediction = graph.Apply("MatMul", features, h, toRows);
            e = graph.Apply(
                "Add", features, e,
                graph.Apply("Mul", features, graph.Apply("Sub", features, prediction, y), relaxation));
            var t = graph.Apply("Sub", features, e, shift);
            var root = graph.Apply(
                "Sqrt", features, graph.Apply("Add", features, graph.Apply("Mul", features, t, t), data));
            twice = graph.Apply("Add", features, t, root);
            y = graph.Apply("Mul", features, twice, half);
            twice = graph.Apply("Sub", features, twice, e);
        }

        var scale = graph.Constant([.. components.Sums.Select(sum => sum > 0 ? (float)(1 / sum) : 0)], 1, rank);
        return graph.Apply("Mul", rank, graph.Apply("Mul", rank, z, scale), mass);
    }

    private static double[] FeaturePenalties(double[] predictions)
    {
        var smallest = SmallestPrediction * predictions.Average();
        return [
            .. predictions.Select(prediction => FeaturePenalty / Math.Max(prediction, smallest > 0 ? smallest : 1))];
    }
}
