using CsCheck;

namespace Cnn.Tests.Engine.Export;

/// <summary>Random cases that are the same in each run.</summary>
internal static class FixedSample
{
    /// <summary>Draws cases from a fixed seed.</summary>
    public static IEnumerable<T> Draw<T>(Gen<T> gen, int count)
    {
        var random = new PCG(18, 1);
        for (int i = 0; i < count; i++)
        {
            yield return gen.Generate(random, null, out _);
        }
    }
}
