namespace Restoration.Sound;

/// <summary>One source of a recording, as it sounds alone.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Samples">Its samples, as many as the recording has.</param>
internal sealed record Track(string Name, float[] Samples);

/// <summary>What is to be restored: one channel.</summary>
/// <param name="Title">Where it comes from.</param>
/// <param name="SampleRate">Sample rate in Hz.</param>
/// <param name="Samples">The samples.</param>
/// <param name="Tracks">The sources that it is the sum of, the noise last; none where nobody knows.</param>
internal sealed record Recording(string Title, int SampleRate, float[] Samples, IReadOnlyList<Track> Tracks);
