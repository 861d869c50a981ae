using System.Numerics;

namespace Nmf;

/// <summary>What <see cref="SparseUnmixing"/> has found: the spectra of the library that are present, and a model of
/// them.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class LibraryModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal LibraryModel(NmfModel<T> model, IReadOnlyList<LibrarySpectrum> spectra, double lambda)
        => (Model, Spectra, Lambda) = (model, spectra, lambda);

    /// <summary>Spectra as columns of W and their abundances in H; infers those of other pixels. Its report is that of
    /// the collaborative regression.</summary>
    public NmfModel<T> Model { get; }

    /// <summary>Its components, in the order of the library.</summary>
    public IReadOnlyList<LibrarySpectrum> Spectra { get; }

    /// <summary>λ, what the weight of the penalty was in the unit of the data.</summary>
    public double Lambda { get; }
}

/// <summary>A spectrum of a library in a picture.</summary>
public sealed class LibrarySpectrum
{
    internal LibrarySpectrum(int index, string name, double abundance, int pixels)
        => (Index, Name, Abundance, Pixels) = (index, name, abundance, pixels);

    /// <summary>Its number in the library, from 0.</summary>
    public int Index { get; }

    /// <summary>Its name; "Spectrum" and the number where the library has none.</summary>
    public string Name { get; }

    /// <summary>Its abundances in all pixels, summed.</summary>
    public double Abundance { get; }

    /// <summary>Number of pixels in which its abundance is above 0.01.</summary>
    public int Pixels { get; }
}
