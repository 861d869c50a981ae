using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The deterministic 6 x 8, K = 3 problem of which golden trajectories were computed by an
/// independent program.</summary>
internal static class Fixture
{
    public const int Features = 6;
    public const int Samples = 8;
    public const int Rank = 3;

    public static T[] Values<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var values = new T[Samples * Features];
        for (var n = 0; n < Samples; n++)
            for (var f = 0; f < Features; f++)
                values[(n * Features) + f] = T.CreateChecked(1 + (((7 * f) + (13 * n) + (3 * f * n)) % 17));
        return values;
    }

    public static NmfData<T> Data<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => NmfData<T>.FromDense(Values<T>(), Samples, Features);

    public static NmfStart<T> Start<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var w = new Matrix<T>(Features, Rank);
        var h = new Matrix<T>(Samples, Rank);
        for (var k = 0; k < Rank; k++)
        {
            for (var f = 0; f < Features; f++)
                w[f, k] = T.CreateChecked(0.5 + ((((3 * f) + (5 * k) + (f * k)) % 7) / 7.0));
            for (var n = 0; n < Samples; n++)
                h[n, k] = T.CreateChecked(0.5 + ((((2 * k) + (3 * n) + (k * n)) % 5) / 5.0));
        }

        return new NmfStart<T>(w, h);
    }
}
