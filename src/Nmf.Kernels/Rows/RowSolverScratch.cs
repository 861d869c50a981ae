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

        internal Scratch(int features, int rank)
        {
            (Features, Rank) = (features, rank);
            _indices = Allocate<int>(features + 1L);
            _values = Allocate<T>(features + 1L);
            _h = Allocate<double>(rank);
        }

        /// <summary>Whether the last row solved with this memory reached the tolerance.</summary>
        public bool Converged { get; internal set; }

        internal int Features { get; }

        internal int Rank { get; }

        /// <summary>The row was divided by two to this power.</summary>
        internal int Exponent { get; set; }

        /// <summary>The problem of rows with missing features, made when the first one comes.</summary>
        internal RowRestriction? Restriction { get; set; }

        /// <summary>Features of the non-zeros of the row, and one more place.</summary>
        internal int* Indices => Align(_indices);

        /// <summary>Values of the non-zeros of the row, and one more place.</summary>
        internal T* Values => Align(_values);

        /// <summary>Activations in units of the scaled row and dictionary.</summary>
        internal double* H => Align(_h);

        /// <summary>Uninitialised doubles; the content is lost at the next request.</summary>
        internal double* Numbers(long count) => Align(_numbers.Length < count + Slack ? _numbers = Allocate<double>(count) : _numbers);

        /// <summary>Uninitialised elements; the content is lost at the next request.</summary>
        internal T* Elements(long count) => Align(_elements.Length < count + Slack ? _elements = Allocate<T>(count) : _elements);

        // Pinned, and with room to start on a 64-byte boundary: vectors that cross cache lines cost double.
        private static TItem[] Allocate<TItem>(long count)
            where TItem : unmanaged
            => GC.AllocateArray<TItem>(checked((int)(count + Slack)), pinned: true);

        private static TItem* Align<TItem>(TItem[] pinned)
            where TItem : unmanaged
        {
            var address = (nuint)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
            return (TItem*)((address + 63) & ~(nuint)63);
        }
    }
}
