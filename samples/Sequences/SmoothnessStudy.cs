using System.Numerics.Tensors;
using Nmf;
using Nmf.Kernels;

namespace Sequences;

/// <summary>The activations of one component of smooth IS-NMF under one weight λ of the penalty.</summary>
/// <param name="Smoothness">λ.</param>
/// <param name="Activations">One component along the recording.</param>
/// <param name="Divergence">D_IS(V | WH) per entry: what is paid for smoothness.</param>
/// <param name="Roughness">Σ d_IS of neighbouring activations of all components, per frame and component.</param>
internal sealed record SmoothnessStudy(double Smoothness, float[] Activations, double Divergence, double Roughness)
{
    private const int Components = 8;

    /// <summary>Fits one recording for each λ. Every fit starts from the one before, so that its components are
    /// the same ones.</summary>
    public static SmoothnessStudy[] Run(IReadOnlyList<Frame> recording, IReadOnlyList<double> weights)
    {
        var data = NmfData<float>.FromDense(
            [.. recording.SelectMany(frame => frame.Power)], recording.Count, Melody.Bins);
        var studies = new List<SmoothnessStudy>();
        NmfStart<float>? start = null;
        float[]? followed = null;
        foreach (var smoothness in weights)
        {
            var options = new SmoothNmfOptions { Rank = Components, Smoothness = smoothness,
                Iterations = new() { MaximumIterations = 200, Tolerance = 1e-6 }, Starts = start is null ? 5 : 1 };
            var model = SmoothNmf.Fit(data, options, start: start);
            start = new NmfStart<float>(model.Dictionary.Clone(), model.Activations.Clone());

            // Components are sorted by their contribution, which λ changes: the one that is followed
            // is known by its spectrum.
            var component = followed is null ? 0 : Enumerable.Range(0, Components).MaxBy(
                k => TensorPrimitives.CosineSimilarity(Column(model.Dictionary, k), followed));
            followed = Column(model.Dictionary, component);
            var roughness = Enumerable.Range(0, Components).Sum(k => RoughnessOf(Column(model.Activations, k)));
            studies.Add(new SmoothnessStudy(
                smoothness, Column(model.Activations, component),
                (model.Report.Objective - (smoothness * roughness)) / data.StoredEntries,
                roughness / (Components * (recording.Count - 1))));
        }

        return [.. studies];
    }

    private static float[] Column(Matrix<float> factor, int component)
        => [.. Enumerable.Range(0, factor.Rows).Select(n => factor[n, component])];

    private static double RoughnessOf(float[] activations) => activations.Zip(
        activations.Skip(1), (before, after) => BetaDivergence.Value(before, after, BetaDivergence.ItakuraSaito)).Sum();
}
