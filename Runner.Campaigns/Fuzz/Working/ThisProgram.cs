namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>The program of the campaigns, as a file for the command <c>dotnet</c>.</summary>
internal static class ThisProgram
{
    private const string Name = "Cnn.Campaigns.dll";

    /// <summary>Its path beside this code: a test has it in its own folder.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, Name);

    /// <summary>The command that starts it.</summary>
    public static IReadOnlyList<string> Command => ["dotnet", Path];

    /// <summary>Returns its path in a copy of its folder.</summary>
    public static string In(string folder) => System.IO.Path.Combine(folder, Name);
}
