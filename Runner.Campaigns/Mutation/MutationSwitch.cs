namespace Cnn.Campaigns.Mutation;

/// <summary>
/// The class that mutated code asks which mutant is active. It is written into the mutated copy of Cnn.Proto, whose
/// internals the other assemblies see.
/// </summary>
internal static class MutationSwitch
{
    /// <summary>The class's name with its namespace.</summary>
    public const string TypeName = "Cnn.Proto.MutationSwitch";

    /// <summary>Returns the class's source.</summary>
    /// <param name="mutants">The number of mutants.</param>
    public static string Source(int mutants) => $$"""
        namespace Cnn.Proto;

        internal static class MutationSwitch
        {
            public static int Active = -1;
            public static readonly bool[] Reached = new bool[{{mutants}}];

            public static bool Is(int mutant)
            {
                Reached[mutant] = true;
                return mutant == Active;
            }
        }
        """;

    /// <summary>Returns the expression that is true while a mutant is active.</summary>
    public static string Test(int mutant) => $"global::{TypeName}.Is({mutant})";
}
