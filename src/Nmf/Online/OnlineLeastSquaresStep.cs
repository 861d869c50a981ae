using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Mini-batches for β = 2: <c>G ← ρ G + HᵀH</c>, <c>P ← ρ P + VᵀH</c>, then sweeps over the columns of W for
/// <c>min ½⟨WᵀW, G⟩ - ⟨W, P⟩</c>, the weighted least-squares problem of all batches with the activations that they had
/// (Mairal, Bach, Ponce and Sapiro, "Online learning for matrix factorization and sparse coding", 2010; Guan, Tao, Luo
/// and Yuan 2012). One product with the batch gives its activations, by sweeps too.
/// </summary>
internal sealed class OnlineLeastSquaresStep<T> : OnlineStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostDictionarySweeps = 10;
    private const double SmallestPart = 0.1;

    private readonly Matrix<double> _gram;
    private readonly Matrix<double> _product;
    private readonly Matrix<T> _gramW;
    private readonly Matrix<T> _gramH;
    private readonly Matrix<T> _productW;
    private Matrix<T> _productH;

    public OnlineLeastSquaresStep(OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team)
        : base(options, dictionary, team)
    {
        var (features, rank) = (W.Rows, W.Columns);
        _gram = new Matrix<double>(rank, rank);
        _product = new Matrix<double>(features, rank);
        _gramW = new Matrix<T>(rank, rank);
        _gramH = new Matrix<T>(rank, rank);
        _productW = new Matrix<T>(features, rank);
        _productH = new Matrix<T>(0, rank);
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_gram);
        writer.WriteMatrix(_product);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadFactor(_gram);
        reader.ReadFactor(_product);
    }

    private protected override void Resize()
    {
        _productH = new Matrix<T>(H.Rows, H.Columns);
    }

    private protected override double ImproveActivations(
        NmfData<T> batch, DivergencePass<T> pass, int iterations, double tolerance, CancellationToken cancellationToken)
    {
        pass.ActivationProduct(W, _productH);
        FactorKernels.Gram(W, _gramW, Team);
        double limit = 0;
        for (var i = 0; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = FactorKernels.HalsSweep(H, _productH, _gramW, Team);

            // The first sweep brings the activations near the size that they keep: one look at it will do.
            if (i == 0 && tolerance > 0)
                limit = tolerance * tolerance * FactorKernels.InnerProduct(H, H, Team);
            if (tolerance > 0 && change <= limit)
                break;
        }

        FactorKernels.Gram(H, _gramH, Team);
        return GramObjective<T>.Evaluate(batch, pass, W, H, _productH, _gramW, _gramH);
    }

    private protected override void Absorb(DivergencePass<T> pass, double decay, double startWeight)
    {
        pass.DictionaryProduct(H, _productW);
        if (startWeight > 0)
            AddStart(startWeight);
        Fade(_gram, _gramH, decay);
        Fade(_product, _productW, decay);
        var first = FactorKernels.HalsSweep(W, _productW, _gramH, Team);
        var change = first;
        for (var i = 1; i < MostDictionarySweeps && change > SmallestPart * SmallestPart * first; i++)
            change = FactorKernels.HalsSweep(W, _productW, _gramH, Team);
    }

    private protected override void RescaleStatistics(ReadOnlySpan<double> scale)
    {
        FactorKernels.ScaleColumns<double>(_product, scale);
        FactorKernels.ScaleColumns<double>(_gram, scale);
        for (var i = 0; i < _gram.Rows; i++)
        {
            foreach (ref var value in _gram.Row(i))
                value *= scale[i];
        }
    }

    // Samples with the activations of the first batch that the start explains exactly.
    private void AddStart(double weight)
    {
        for (var i = 0; i < _gram.Rows; i++)
        {
            for (var j = 0; j < _gram.Columns; j++)
                _gram[i, j] = weight * double.CreateTruncating(_gramH[i, j]);
        }

        for (var f = 0; f < W.Rows; f++)
        {
            var w = (Given ?? W).Row(f);
            var product = _product.Row(f);
            for (var i = 0; i < w.Length; i++)
            {
                var entry = double.CreateTruncating(w[i]);
                var gram = _gram.Row(i);
                for (var j = 0; j < product.Length; j++)
                    product[j] += entry * gram[j];
            }
        }
    }

    /// <summary>sum ← decay · sum + batch, then batch ← sum: the sweeps want the precision of the factors.</summary>
    private static void Fade(Matrix<double> sum, Matrix<T> batch, double decay)
    {
        for (var i = 0; i < sum.Rows; i++)
        {
            var sums = sum.Row(i);
            var values = batch.Row(i);
            for (var k = 0; k < sums.Length; k++)
            {
                sums[k] = (decay * sums[k]) + double.CreateTruncating(values[k]);
                values[k] = T.CreateSaturating(sums[k]);
            }
        }
    }
}
