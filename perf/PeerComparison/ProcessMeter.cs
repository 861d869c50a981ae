using System.Globalization;

namespace PeerComparison;

/// <summary>What the operating system says about this process and the machine.</summary>
internal static class ProcessMeter
{
    /// <summary>CPU time of all threads so far, in seconds.</summary>
    public static double CpuSeconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Largest resident memory so far (VmHWM), in units of 2^20 bytes; NaN where there is no /proc.</summary>
    public static double PeakMemory
    {
        get
        {
            if (!File.Exists("/proc/self/status"))
                return double.NaN;
            var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            var kilobytes = line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Makes the largest resident memory so far that of this moment.</summary>
    public static void ForgetPeak()
    {
        if (File.Exists("/proc/self/clear_refs"))
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>Mean number of running processes over the last minute; NaN where there is no /proc.</summary>
    public static double Load => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : double.NaN;
}
