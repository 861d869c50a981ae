using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Mini-batches for β = 2: <c>G ← ρ G + HᵀH</c>, <c>P ← ρ P + VᵀH</c>, then sweeps over the columns of W for
/// <c>min ½⟨WᵀW, G⟩ - ⟨W, P⟩</c>, the weighted least-squares problem of all batches with the activations that they had
/// (Mairal, Bach, Ponce and Sapiro, "Online learning for matrix factorization and sparse coding", 2010; Guan, Tao, Luo
/// and Yuan 2012). One product with the batch gives its activations, by sweeps too
/// (<see cref="OnlineLeastSquaresWorker{T}"/>).
/// </summary>
internal sealed class OnlineLeastSquaresStep<T> : OnlineStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostDictionarySweeps = 10;
    private const double SmallestPart = 0.1;

    private readonly Matrix<double> _gram;
    private readonly Matrix<double> _product;

    public OnlineLeastSquaresStep(OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team)
        : base(options, dictionary, team)
    {
        var (features, rank) = (W.Rows, W.Columns);
        _gram = new Matrix<double>(rank, rank);
        _product = new Matrix<double>(features, rank);
        Sums = new ShardSums<T>(
            rank + BatchRequest.Facts, new Matrix<T>(features, rank), new Matrix<T>(rank, rank));
    }

    public override ShardSums<T> Sums { get; }

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

    private protected override void Absorb(double decay, double startWeight)
    {
        var (productW, gramH) = (Sums.Matrices[0], Sums.Matrices[1]);
        if (startWeight > 0)
            AddStart(gramH, startWeight);
        Fade(_gram, gramH, decay);
        Fade(_product, productW, decay);
        var first = FactorKernels.HalsSweep(W, productW, gramH, Team);
        var change = first;
        for (var i = 1; i < MostDictionarySweeps && change > SmallestPart * SmallestPart * first; i++)
            change = FactorKernels.HalsSweep(W, productW, gramH, Team);
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
    private void AddStart(Matrix<T> gramH, double weight)
    {
        for (var i = 0; i < _gram.Rows; i++)
        {
            for (var j = 0; j < _gram.Columns; j++)
                _gram[i, j] = weight * double.CreateTruncating(gramH[i, j]);
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
