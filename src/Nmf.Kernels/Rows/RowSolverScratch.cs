using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

public sealed unsafe partial class RowSolver<T>
{
    /// <summary>Memory for one thread.</summary>
    public sealed class Scratch
    {
        private const int Slack = 64;

        private readonly int[] _indices;
        private readonly T[] _values;
        private readonly double[] _h;
        private double[] _numbers = [];
        private T[] _elements = [];
        private T[] _outliers = [];

        internal Scratch(int features, int rank)
        {
            (Features, Rank) = (features, rank);
            _indices = Allocate<int>(features + 1L);
            _values = Allocate<T>(features + 1L);
            _h = Allocate<double>(rank);
        }

        /// <summary>Whether the last row solved with this memory reached the tolerance.</summary>
        public bool Converged { get; internal set; }

        /// <summary>
        /// The outlier part r of the last row, F values in the unit of the data; empty without an outlier term.
        /// Valid until the next row.
        /// </summary>
        public ReadOnlySpan<T> Outliers => _outliers.AsSpan(0, HasOutliers ? Features : 0);

        /// <summary>‖r‖₂ of the last row for outliers that are samples, Σ r for entries; 0 without
        /// an outlier term.</summary>
        public double OutlierNorm { get; internal set; }

        internal int Features { get; }

        /// <summary>Power of two by which the row was divided.</summary>
        internal int Exponent { get; set; }

        internal int Rank { get; }

        /// <summary>The problem of rows with missing features, made when the first one comes.</summary>
        internal RowRestriction? Restriction { get; set; }

        private bool HasOutliers { get; set; }

        /// <summary>Features of the non-zeros of the row, and one more place.</summary>
        internal int* Indices => Align(_indices);

        /// <summary>Values of the non-zeros of the row, and one more place.</summary>
        internal T* Values => Align(_values);

        /// <summary>Activations in units of the scaled row and dictionary.</summary>
        internal double* H => Align(_h);

        /// <summary>Uninitialised doubles; the content is lost at the next request.</summary>
        internal double* Numbers(long count)
            => Align(_numbers.Length < count + Slack ? _numbers = Allocate<double>(count) : _numbers);

        /// <summary>Uninitialised elements; the content is lost at the next request.</summary>
        internal T* Elements(long count)
            => Align(_elements.Length < count + Slack ? _elements = Allocate<T>(count) : _elements);

        /// <summary>Room for r, in units of the scaled row, and a vector more.</summary>
        internal Span<T> NewOutliers()
        {
            if (_outliers.Length < Features)
                _outliers = new T[Features + Slack];
            HasOutliers = true;
            return _outliers.AsSpan(0, Features);
        }

        internal void ClearOutliers()
        {
            OutlierNorm = 0;
            _outliers.AsSpan().Clear();
        }

        internal void ScaleOutliers(int exponent)
        {
            OutlierNorm = Math.ScaleB(OutlierNorm, exponent);
            foreach (ref var value in _outliers.AsSpan())
                value = T.ScaleB(value, exponent);
        }

        // Pinned, and with room to start on a 64-byte boundary: vectors that cross cache lines cost double.
        private static TItem[] Allocate<TItem>(long count)
            where TItem : unmanaged
            => GC.AllocateArray<TItem>(checked((int)(count + Slack)), pinned: true);

        private static TItem* Align<TItem>(TItem[] pinned)
            where TItem : unmanaged
        {
            var address =
                (nuint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
            return (TItem*)((address + 63) & ~(nuint)63);
        }
    }
}
