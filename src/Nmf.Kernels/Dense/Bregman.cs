using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// A Bregman divergence, row of a tile by row of a tile: <c>neg = φ''(y) v</c>, <c>pos = φ''(y) y</c> (Dhillon and Sra
/// 2005). The generator is called for a whole row, so that its call costs nothing; what it returns is checked, because
/// nobody else would find a NaN of a user's function.
/// </summary>
internal readonly unsafe struct Bregman<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBregmanGenerator _generator;
    private readonly T _limit;

    // The largest model that is below the limit.
    private readonly T _largest;

    public Bregman(IBregmanGenerator generator)
    {
        _generator = generator;
        _limit = T.CreateSaturating(generator.ModelLimit);
        _largest = T.IsFinite(_limit) ? T.BitDecrement(_limit) : T.CreateSaturating(double.MaxValue);
        if (!T.IsFinite(_largest))
            _largest = T.BitDecrement(_largest);
    }

    /// <summary>Replaces a row of the model by neg and writes pos.</summary>
    /// <param name="floor">Least value of the model.</param>
    /// <param name="data">v.</param>
    /// <param name="model">y, becomes neg.</param>
    /// <param name="positive">Receives pos.</param>
    /// <param name="count">Length of the row.</param>
    /// <param name="curvatures">Receives φ''(y), or empty.</param>
    public void Parts(T floor, T* data, T* model, T* positive, int count, Span<T> curvatures = default)
    {
        var v = new ReadOnlySpan<T>(data, count);
        var y = new Span<T>(model, count);
        var curvature = new Span<T>(positive, count);
        TensorPrimitives.Max(y, floor, y);
        TensorPrimitives.Min(y, _largest, y);
        _generator.Curvature<T>(y, curvature);
        if (!(TensorPrimitives.Min<T>(curvature) >= T.Zero))
            RequireCurvature(y, curvature);
        if (!curvatures.IsEmpty)
            curvature.CopyTo(curvatures);
        for (var j = 0; j < count; j++)
        {
            var weight = curvature[j];
            curvature[j] = weight * y[j];
            y[j] = weight * v[j];
        }
    }

    /// <summary>The divergence of a row; infinite where the model reaches the limit of the generator.</summary>
    /// <param name="floor">Least value of the model.</param>
    /// <param name="data">v.</param>
    /// <param name="model">y.</param>
    /// <param name="count">Length of the row.</param>
    /// <param name="scratch">Room for twice as many values.</param>
    public double Value(T floor, T* data, T* model, int count, T* scratch)
    {
        var v = new ReadOnlySpan<T>(data, count);
        var y = new Span<T>(scratch, count);
        var values = new Span<T>(scratch + count, count);
        var greatest = TensorPrimitives.Max<T>(new ReadOnlySpan<T>(model, count));
        if (greatest >= _limit)
            return double.PositiveInfinity;
        TensorPrimitives.Max(new ReadOnlySpan<T>(model, count), floor, y);
        TensorPrimitives.Min(y, _largest, y);
        _generator.Divergence(v, y, values);
        double sum = 0;
        foreach (var value in values)
            sum += double.CreateTruncating(value);
        if (double.IsNaN(sum))
            RequireValues(v, y, values);
        return sum;
    }

    private void RequireCurvature(ReadOnlySpan<T> model, ReadOnlySpan<T> curvature)
    {
        for (var j = 0; j < model.Length; j++)
        {
            // A model that is not a number came from the factors: the objective shows it.
            if (!(curvature[j] >= T.Zero) && !T.IsNaN(model[j]))
            {
                throw new BregmanGeneratorException(
                    $"The generator {_generator.GetType().Name} gives {curvature[j]} for the curvature at y = "
                    + $"{model[j]}. The second derivative of a convex function is at least 0.");
            }
        }
    }

    private void RequireValues(ReadOnlySpan<T> data, ReadOnlySpan<T> model, ReadOnlySpan<T> values)
    {
        for (var j = 0; j < model.Length; j++)
        {
            if (T.IsNaN(values[j]) && !T.IsNaN(model[j]) && !T.IsNaN(data[j]))
            {
                throw new BregmanGeneratorException(
                    $"The generator {_generator.GetType().Name} gives NaN for the divergence of v = {data[j]} from y = "
                    + $"{model[j]}.");
            }
        }
    }
}

/// <summary>A Bregman divergence in the walk over tiles.</summary>
internal readonly unsafe struct BregmanTiles<T, TVector, TSimd>(Bregman<T> bregman) : ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    public static PositivePart PositivePart => PositivePart.Product;

    public void Copy(in DataTile<T> data, T* tile, nint tileStride, nint rows, nint columns)
        => TileArithmetic<T, TVector, TSimd>.Copy(data.Data, data.Stride, tile, tileStride, rows, columns);

    public void Parts(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
    {
        for (nint i = 0; i < rows; i++)
        {
            var row = data.Data + (i * data.Stride);
            var at = i * tileStride;
            bregman.Parts(floor, row, scratch.Negative + at, scratch.Positive + at, (int)columns);
        }
    }

    public double Value(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns)
    {
        double sum = 0;
        for (nint i = 0; i < rows; i++)
        {
            var row = data.Data + (i * data.Stride);
            sum += bregman.Value(floor, row, scratch.Negative + (i * tileStride), (int)columns, scratch.Positive);
        }

        return sum;
    }
}
