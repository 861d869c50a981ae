using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The smallest activation of models that divide by activations, and the rows that they work on with
/// whole vectors.</summary>
internal static class ActivationFloor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>As low as the square of the inverse allows.</summary>
    public static readonly T Value =
        Unsafe.SizeOf<T>() == sizeof(float) ? T.CreateChecked(1e-18) : T.CreateChecked(1e-140);

    /// <summary>Lifts entries to a floor: what is zero could not be divided by, and could not be left.</summary>
    public static void Lift(Matrix<T> activations, T floor)
    {
        for (var n = 0; n < activations.Rows; n++)
        {
            foreach (ref var entry in activations.Row(n))
                entry = T.Max(entry, floor);
        }
    }

    /// <summary>Sets the padding of a row to zero again, on which the kernels rely.</summary>
    public static unsafe void ClearPadding(T* row, int columns, nint stride)
    {
        for (nint k = columns; k < stride; k++)
            row[k] = T.Zero;
    }
}
