using System.Runtime.CompilerServices;

// Run-time half of the friendship of this assembly with ML.NET; the compile-time half is imported by the project file.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
