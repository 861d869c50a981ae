using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Pixels divided by their brightness, which is their component along the mean, and the weights of the squares of
/// what a model leaves of them. Noise counts in dark pixels, and spectral variability, which is in proportion, in
/// bright ones: q = s² / (s² + c²), c being a part of the median. A second picture of the size of the first.
/// </summary>
internal sealed class ShadedScene<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Knee = 0.25;
    private const double Darkest = 1e-3;

    // The brightest of the pixels, but for a few, have the light of the endmembers.
    private const double LitPart = 0.98;

    private readonly double[] _mean;
    private readonly T[] _roots;

    public ShadedScene(NmfData<T> data)
    {
        var dense = data.Dense ?? throw new ArgumentException(
            "Pixels with a brightness of their own must be dense.", nameof(data));
        _mean = new double[data.Features];
        FactorKernels.ColumnSums(dense, _mean);
        var norm = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(_mean));
        TensorPrimitives.Divide(_mean, norm > 0 ? norm : 1, _mean);
        var brightness = new double[dense.Rows];
        for (var n = 0; n < dense.Rows; n++)
            brightness[n] = Product(dense.Row(n));
        var least = Darkest * brightness.Max();
        var plane = new Matrix<T>(dense.Rows, dense.Columns);
        for (var n = 0; n < dense.Rows; n++)
        {
            brightness[n] = Math.Max(brightness[n], least);
            TensorPrimitives.Divide(
                dense.Row(n), T.CreateChecked(brightness[n] > 0 ? brightness[n] : 1), plane.Row(n));
        }

        var weights = Weights(brightness);
        for (var n = 0; n < plane.Rows; n++)
            SumOfSquares += weights[n] * double.CreateTruncating(TensorPrimitives.SumOfSquares<T>(plane.Row(n)));
        _roots = Array.ConvertAll(weights, q => T.CreateChecked(Math.Sqrt(q)));
        Plane = NmfData<T>.FromMatrix(plane);
    }

    /// <summary>The pixels divided by their brightness.</summary>
    public NmfData<T> Plane { get; }

    /// <summary>Σ q ‖v / s‖².</summary>
    public double SumOfSquares { get; }

    /// <summary>Weights of mean one; a pixel without light has none, unless none has light.</summary>
    public static double[] Weights(double[] brightness)
    {
        var sorted = (double[])brightness.Clone();
        Array.Sort(sorted);
        var knee = Knee * Knee * sorted[sorted.Length / 2] * sorted[sorted.Length / 2];
        var weights = Array.ConvertAll(brightness, s => s > 0 ? s * s / ((s * s) + knee) : 0);
        var mean = weights.Average();
        if (mean == 0)
            Array.Fill(weights, mean = 1);
        return Array.ConvertAll(weights, q => q / mean);
    }

    /// <summary>√q h.</summary>
    public void Weight(Matrix<T> h, Matrix<T> weighted)
    {
        for (var n = 0; n < h.Rows; n++)
            TensorPrimitives.Multiply(h.Row(n), _roots[n], weighted.Row(n));
    }

    /// <summary>Gives the columns of a dictionary the brightness one.</summary>
    public void Normalise(Matrix<T> w)
    {
        var brightness = new double[w.Columns];
        for (var f = 0; f < w.Rows; f++)
        {
            for (var k = 0; k < w.Columns; k++)
                brightness[k] += _mean[f] * double.CreateTruncating(w[f, k]);
        }

        FactorKernels.ScaleColumns(w, Array.ConvertAll(brightness, s => s > 0 ? 1 / s : 1));
    }

    /// <summary>Σ q ‖v / s - W h‖², entry by entry.</summary>
    public double SquaredDistance(ModelRows<T> model, Matrix<T> w, Matrix<T> h)
        => model.SquaredDistance(Plane.Dense!, _roots, w, h);

    /// <summary>Activations s h that fit pixels best: s = vᵀW h / ‖W h‖² is the brightness of a pixel.</summary>
    public static Matrix<T> Lit(Matrix<T> pixels, Matrix<T> w, Matrix<T> h, WorkTeam team)
    {
        var lit = new Matrix<T>(h.Rows, h.Columns);
        new ModelRows<T>(w.Rows, w.Columns, team).Light(pixels, w, h, lit);
        return lit;
    }

    /// <summary>Gives the columns of a dictionary, whose lengths say nothing, those of
    /// <see cref="BrightnessBalance"/>, and the light of the brightest pixels.</summary>
    public static void Balance(
        Matrix<T> pixels, Matrix<T> w, Matrix<T> h, WorkTeam team, CancellationToken cancellationToken)
    {
        var lit = Lit(pixels, w, h, team);
        var activations = new Matrix<double>(lit.Rows, lit.Columns);
        var brightness = new double[lit.Rows];
        for (var n = 0; n < lit.Rows; n++)
        {
            TensorPrimitives.ConvertTruncating<T, double>(lit.Row(n), activations.Row(n));
            brightness[n] = TensorPrimitives.Sum<double>(activations.Row(n));
        }

        var lengths = BrightnessBalance.Lengths(activations, Weights(brightness), cancellationToken);
        for (var n = 0; n < brightness.Length; n++)
            brightness[n] = TensorPrimitives.Dot<double>(activations.Row(n), lengths);
        Array.Sort(brightness);
        var light = brightness[(int)(LitPart * (brightness.Length - 1))];
        if (light > 0)
            FactorKernels.ScaleColumns(w, Array.ConvertAll(lengths, d => light / d));
    }

    private double Product(ReadOnlySpan<T> row)
    {
        double sum = 0;
        for (var f = 0; f < row.Length; f++)
            sum += _mean[f] * double.CreateTruncating(row[f]);
        return sum;
    }
}
