using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Nonnegative least squares as an unrolled graph: <c>min_{h ≥ 0} ½ hᵀG h - cᵀh</c> with <c>G = WᵀW</c>, c = Wᵀv, by
/// Peaceman-Rachford or over-relaxed Douglas-Rachford splitting (Lions and Mercier 1979; as ADMM in Boyd et al. 2011).
/// </summary>
/// <remarks>
/// With the columns of W scaled to norm one and a penalty ρ, the state s of the splitting carries both the primal
/// iterate max(s, 0) and the multiplier min(s, 0), and one iteration with relaxation α is
/// <c>s ← α c (G + ρ)⁻¹ + |s| P + (1 - α/2) s</c> with <c>P = α (ρ (G + ρ)⁻¹ - ½ I)</c>: two nodes for all rows where α
/// = 2, else four. ρ, α and the number of iterations are what <see cref="SplittingPlan"/> finds for the dictionary.
/// </remarks>
internal static class EuclideanOnnx
{
    /// <summary>Adds the iterations to the graph; warns where the dictionary needs more than it may have.</summary>
    /// <param name="host">Whose log has the warning.</param>
    /// <param name="graph">Graph.</param>
    /// <param name="model">Dictionary.</param>
    /// <param name="rows">Name of the rows, N x F.</param>
    /// <param name="iterations">Most iterations.</param>
    /// <returns>Name of the activations, N x K.</returns>
    public static string Activations(
        IHost host, OnnxGraph graph, NmfModelParameters model, string rows, int iterations)
    {
        var rank = model.Rank;
        var norms = Norms(model);
        var plan = SplittingPlan.Find(Gram(model, norms), SampleProducts(model, norms), rank, iterations);
        if (plan.Shortfall > 0)
        {
            using var channel = host.Start("ONNX");
            channel.Warning(
                "Components are much alike: after {0} iterations activations of the graph differ from those of "
                + "Transform by up to {1:G2} of the largest of a row. Set OnnxIterations higher.",
                plan.Iterations, plan.Shortfall);
        }

        var inverse = plan.Inverse;

        // rows x scaled dictionary x α (G + ρ)⁻¹, in one product.
        var first = new float[model.FeatureCount * rank];
        var back = new float[rank];
        for (var a = 0; a < rank; a++)
        {
            if (norms[a] == 0)
                continue;
            back[a] = (float)(1 / norms[a]);
            var component = model.GetComponent(a);
            for (var b = 0; b < rank; b++)
            {
                var scale = plan.Relaxation * inverse[(a * rank) + b] / norms[a];
                for (var f = 0; f < component.Length; f++)
                    first[(f * rank) + b] += (float)(component[f] * scale);
            }
        }

        var drive = graph.Apply("MatMul", rank, rows, graph.Constant(first, model.FeatureCount, rank));
        var step = graph.Constant([.. plan.Step.Select(value => (float)value)], rank, rank);
        var keep = plan.Keep == 0 ? null : graph.Constant((float)plan.Keep);
        var state = drive;
        for (var i = 0; i < plan.Iterations; i++)
        {
            var turned = graph.Apply("Gemm", rank, graph.Apply("Abs", rank, state), step, drive);
            state = keep is null ? turned
                : graph.Apply("Add", rank, turned, graph.Apply("Mul", rank, state, keep));
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

    // c = Wᵀv of rows to try the iteration on, with columns of norm one.
    private static double[] SampleProducts(NmfModelParameters model, double[] norms)
    {
        var rows = SampleRows.Draw(model);
        var products = new double[SampleRows.Count * model.Rank];
        for (var n = 0; n < SampleRows.Count; n++)
        {
            for (var k = 0; k < model.Rank; k++)
            {
                double sum = 0;
                var component = model.GetComponent(k);
                for (var f = 0; f < component.Length; f++)
                    sum += component[f] * rows[(n * component.Length) + f];
                products[(n * model.Rank) + k] = norms[k] > 0 ? sum / norms[k] : 0;
            }
        }

        return products;
    }
}
