using Nmf.Audio;

namespace MLNmf.Tool.Commands;

/// <summary>What the commands of sounds share.</summary>
internal static class Sound
{
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public static AudioClip Read(string path)
        => File.Exists(path) ? AudioClip.Read(path) : throw new UserErrorException($"There is no file {path}.");

    /// <summary>Sum of the squares of all samples.</summary>
    public static double Energy(AudioClip clip) => clip.Channels.Sum(channel => channel.Sum(x => (double)x * x));

    /// <summary>Does the work; what is wrong with a sound is told as the library says it.</summary>
    public static void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or AudioDataException
            or InvalidDataException)
        {
            throw new UserErrorException(e.Message.Split(" (Parameter '")[0]);
        }
    }
}
