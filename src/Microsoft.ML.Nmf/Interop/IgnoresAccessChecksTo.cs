#pragma warning disable IDE0130 // the runtime asks for this namespace
namespace System.Runtime.CompilerServices;

/// <summary>
/// The run-time half of the friendship with ML.NET: the runtime looks this attribute up by name on the assembly that
/// reaches for internals. MlNetFriend.targets, which is the compile-time half, puts it on every assembly that imports
/// it; the type stands here once, and the others see it as friends of this assembly.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
