namespace Cnn.Campaigns.Mutation;

/// <summary>One change of the code that tests should notice.</summary>
/// <param name="Id">Its number, from 0.</param>
/// <param name="File">The file, relative to the top folder.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="From">The code as it is.</param>
/// <param name="To">The code as the mutant has it.</param>
internal sealed record Mutant(int Id, string File, int Line, int Column, string From, string To)
{
    /// <summary>Returns the place and the change, in one line.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {From} -> {To}";
}
