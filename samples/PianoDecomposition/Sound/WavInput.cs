using Nmf.Audio;

namespace PianoDecomposition.Sound;

/// <summary>Recordings of the user.</summary>
internal static class WavInput
{
    /// <summary>Reads a WAV file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="sampleRate">The sample rate that is wanted, or null for that of the file.</param>
    /// <exception cref="UserErrorException">It cannot be read, or has no samples.</exception>
    public static AudioClip Read(string path, int? sampleRate = null)
    {
        try
        {
            var clip = AudioClip.Read(path);
            foreach (var warning in clip.Warnings)
                Console.Error.WriteLine($"{path}: {warning}");
            if (clip.Samples == 0)
                throw new UserErrorException($"{path} has no samples.");
            return clip.Resample(sampleRate ?? clip.SampleRate);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or WavFormatException or ArgumentException)
        {
            throw new UserErrorException($"{path}: {e.Message}");
        }
    }
}
