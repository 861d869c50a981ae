namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Nonnegative least squares as an unrolled graph: <c>min_{h ≥ 0} ½ hᵀG h - cᵀh</c> with <c>G = WᵀW</c>, c = Wᵀv, by
/// over-relaxed Douglas-Rachford splitting (Lions and Mercier 1979; as ADMM in Boyd et al. 2011).
/// </summary>
/// <remarks>
/// With the columns of W scaled to norm one and a penalty ρ, the state s of the splitting carries both the primal
/// iterate max(s, 0) and the multiplier min(s, 0), and one iteration with relaxation α is
/// <c>s ← α c (G + ρ)⁻¹ + |s| P + (1 - α/2) s</c> with <c>P = α (ρ (G + ρ)⁻¹ - ½ I)</c>: four small nodes. ρ is the
/// geometric mean of the extreme eigenvalues of G, the best choice for a quadratic without constraints, and not less
/// than a hundredth, which keeps single precision accurate.
/// </remarks>
internal static class EuclideanOnnx
{
    private const double Relaxation = 1.6;
    private const double SmallestPenalty = 0.01;

    /// <summary>Adds the iterations to the graph.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="model">Dictionary.</param>
    /// <param name="rows">Name of the rows, N x F.</param>
    /// <param name="iterations">Number of iterations.</param>
    /// <returns>Name of the activations, N x K.</returns>
    public static string Activations(OnnxGraph graph, NmfModelParameters model, string rows, int iterations)
    {
        var rank = model.Rank;
        var norms = Norms(model);
        var gram = Gram(model, norms);
        var penalty = Penalty(gram, rank);
        for (var k = 0; k < rank; k++)
            gram[(k * rank) + k] += penalty;
        var inverse = PositiveDefinite.Inverse(gram, rank);

        // rows x scaled dictionary x α (G + ρ)⁻¹, in one product.
        var first = new float[model.FeatureCount * rank];
        var step = new float[rank * rank];
        var back = new float[rank];
        for (var a = 0; a < rank; a++)
        {
            for (var b = 0; b < rank; b++)
            {
                step[(a * rank) + b] = (float)(Relaxation * ((penalty * inverse[(a * rank) + b]) - (a == b ? 0.5 : 0)));
                if (norms[a] == 0)
                    continue;
                var scale = Relaxation * inverse[(a * rank) + b] / norms[a];
                var component = model.GetComponent(a);
                for (var f = 0; f < component.Length; f++)
                    first[(f * rank) + b] += (float)(component[f] * scale);
            }

            back[a] = norms[a] > 0 ? (float)(1 / norms[a]) : 0;
        }

        var drive = graph.Apply("MatMul", rank, rows, graph.Constant(first, model.FeatureCount, rank));
        var stepName = graph.Constant(step, rank, rank);
        var keep = graph.Constant((float)(1 - (Relaxation / 2)));
        var state = drive;
        for (var i = 0; i < iterations; i++)
        {
            var turned = graph.Apply("Gemm", rank, graph.Apply("Abs", rank, state), stepName, drive);
            state = graph.Apply("Add", rank, turned, graph.Apply("Mul", rank, state, keep));
        }

        return graph.Apply("Mul", rank, graph.Apply("Relu", rank, state), graph.Constant(back, 1, rank));
    }

    private static double[] Norms(NmfModelParameters model)
    {
        var norms = new double[model.Rank];
        for (var k = 0; k < norms.Length; k++)
        {
            foreach (var weight in model.GetComponent(k))
                norms[k] += (double)weight * weight;
            norms[k] = Math.Sqrt(norms[k]);
        }

        return norms;
    }

    private static double[] Gram(NmfModelParameters model, double[] norms)
    {
        var rank = model.Rank;
        var gram = new double[rank * rank];
        for (var a = 0; a < rank; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                double dot = 0;
                var left = model.GetComponent(a);
                var right = model.GetComponent(b);
                for (var f = 0; f < left.Length; f++)
                    dot += (double)left[f] * right[f];
                var scale = norms[a] * norms[b];
                gram[(a * rank) + b] = gram[(b * rank) + a] = scale > 0 ? dot / scale : 0;
            }

            // A zero component keeps its activation at zero, whatever stands here; one keeps the matrix regular.
            if (norms[a] == 0)
                gram[(a * rank) + a] = 1;
        }

        return gram;
    }

    private static double Penalty(double[] gram, int rank)
    {
        var largest = PositiveDefinite.LargestEigenvalue(gram, rank, 0);
        var smallest = largest - PositiveDefinite.LargestEigenvalue(gram, rank, largest);
        return Math.Max(SmallestPenalty, Math.Sqrt(largest * Math.Max(0, smallest)));
    }
}
