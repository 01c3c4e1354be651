"""Language modelling: recurrent networks over running text, completed, continued and scored."""
