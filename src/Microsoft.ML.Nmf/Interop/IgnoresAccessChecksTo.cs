using System.Runtime.CompilerServices;

// The run-time half of the friendship with ML.NET: the runtime looks this attribute up by name in the assembly that reaches for internals.
// The compile-time half is MlNetFriend.targets.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

#pragma warning disable IDE0130 // the runtime asks for this namespace
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
