namespace PianoDecomposition.Analysis;

/// <summary>What a component is.</summary>
internal enum ComponentKind
{
    /// <summary>One pitch.</summary>
    Note,

    /// <summary>Noise when notes begin.</summary>
    Hammer,

    /// <summary>Noise when notes end.</summary>
    Release,

    /// <summary>Anything else.</summary>
    Rest,
}

/// <summary>A component and what was found out about it.</summary>
/// <param name="Index">Its number in the model.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Pitch">Its pitch; meaningful for notes.</param>
/// <param name="Amplitude">Amplitude of every frequency: the dictionary column, or its root for powers.</param>
/// <param name="Activation">Its activation in every frame.</param>
/// <param name="AtBeginnings">The part of its energy (of its magnitudes, where these were factorised) that lies where
/// notes begin.</param>
/// <param name="AtEnds">The same where they end.</param>
internal sealed record Component(
    int Index, ComponentKind Kind, Pitch Pitch, double[] Amplitude, double[] Activation, double AtBeginnings,
    double AtEnds)
{
    /// <summary>A short name.</summary>
    public string Label
        => Kind == ComponentKind.Note ? Sound.Note.Name(Pitch.Note) : Kind.ToString().ToLowerInvariant();
}
