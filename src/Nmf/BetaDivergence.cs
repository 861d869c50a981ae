namespace Nmf;
/// <summary>x</summary>
public static class BetaDivergence { }
